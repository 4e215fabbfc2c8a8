"""Benchmarks: reproducible figures, never timed tests."""
