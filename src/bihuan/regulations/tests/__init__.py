"""Tests of the packs in force."""
