"""What a mine does: output, power and the other series, and what watches see in them."""
