"""Screens of early warning that are designed by hand."""
