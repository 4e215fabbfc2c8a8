"""The JSON API derived from declarations."""
