"""Links: who sends data, since when not, and how much of it came."""
