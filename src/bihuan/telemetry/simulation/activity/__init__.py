"""What a county's mines do, hour by hour, and what they say of it."""
