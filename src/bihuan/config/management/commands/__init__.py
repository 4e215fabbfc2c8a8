"""Commands of the launcher, one verb a file."""
