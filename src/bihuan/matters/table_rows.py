"""A row of a statutory table: its cells in words, whose it is, and the group it stands in."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class TableRow:
    """One row; `matter_id` and `unit_id` decide who may see it, `key` finds it in a later version.

    `total` marks a sum over rows, which only those see who see every row.
    """

    key: str
    cells: Mapping[str, str]
    matter_id: int = 0
    unit_id: int = 0  # the unit it was handed to, 0 before
    group: str = ""
    total: bool = False
    marks: Mapping[str, str] = field(default_factory=dict)  # column: tone of its cell

    def plain(self) -> dict[str, Any]:
        """The row as JSON holds it; ids are texts because they outgrow other readers' numbers."""
        kept = {**asdict(self), "cells": dict(self.cells), "marks": dict(self.marks)}
        return {**kept, "matter_id": str(self.matter_id)}

    @classmethod
    def from_plain(cls, kept: Mapping[str, Any]) -> "TableRow":
        """Read a kept row back."""
        return cls(**{**kept, "matter_id": int(kept["matter_id"])})
