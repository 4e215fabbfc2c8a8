"""Signed packages between two deployments: across a network gap, and from county to city."""
