"""The seven words and the parts they share, as frozen declarations without Django."""
