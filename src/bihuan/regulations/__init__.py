"""Clauses, packs in force and local settings: what the rules are at a place on a day."""
