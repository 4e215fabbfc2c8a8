"""Persons underground: shifts, counts against limits, stays, and entries that contradict."""
