"""What follows from a confirmed proposal: a check on the spot or on line, an analysis."""
