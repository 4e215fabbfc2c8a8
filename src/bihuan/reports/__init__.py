"""Statutory tables: periods, cut-offs, versions, exports."""
