"""Regions, units, posts, persons and sites: who and where."""
