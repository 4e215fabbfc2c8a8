"""信息公开: frozen redacted snapshots, checked by one person and released by another."""
