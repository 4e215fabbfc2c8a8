"""Bihuan: closed-loop work for mine-safety regulators."""
