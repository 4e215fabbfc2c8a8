"""Readings of a mine: from its files to exact episodes, without Django."""
