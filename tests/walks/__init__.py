"""Whole stories, given, when, then."""
