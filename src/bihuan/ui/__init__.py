"""Shells, component macros, style, script, icons and charts that every screen is built from."""
