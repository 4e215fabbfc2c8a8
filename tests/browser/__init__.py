"""What only a real browser can tell of the running product."""
