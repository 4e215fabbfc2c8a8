"""Where readings are kept: segments on disk, and the ledger that says which of them count."""
