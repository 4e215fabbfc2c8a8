"""Suites of rounds with a seed: full counts by `./bihuan soak`, reduced by `test --all`."""
