"""Staff screens derived from declarations."""
