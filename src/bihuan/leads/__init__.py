"""Tip-offs and leads: from the informant's words to a checked, answered, closed lead."""
