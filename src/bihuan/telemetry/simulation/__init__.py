"""Invented mines whose files look like real ones, with the truth about what was put into them."""
