"""Tests that reach across packages, and the people used everywhere."""
