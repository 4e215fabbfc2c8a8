"""What must never happen, tried against the whole product."""
