"""Points by number: a million codes found in one go, without a Python call for each."""

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bihuan.telemetry.records import MINE_LENGTH

_NOBODY: Final = -1
_LEAST: Final = 1 << 10


class Points:
    """Codes of points and their mines, numbered from 0 in the order in which they were met.

    A table of open addressing over the hashes that polars makes of a column; what it finds is
    compared with the code itself, so two codes of one hash are never taken for each other.
    """

    def __init__(self, codes: pl.Series | None = None) -> None:
        self.codes = pl.Series([], dtype=pl.String())
        self.mines: list[str] = []
        self.mine = np.zeros(0, np.int32)
        self._mine_numbers: dict[str, int] = {}
        self._table = np.full(_LEAST, _NOBODY, np.int32)
        self._of_mine: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None
        if codes is not None:
            self.numbers(codes)

    def __len__(self) -> int:
        """How many are known."""
        return len(self.codes)

    def numbers(self, codes: pl.Series) -> NDArray[np.int32]:
        """The number of each code; those never met get the next ones."""
        hashes = codes.hash().to_numpy()
        found = self._found(codes, hashes)
        is_new = found == _NOBODY
        if is_new.any():
            self._add(codes.filter(pl.Series(is_new)).unique(maintain_order=True))
            found = self._found(codes, hashes)
        return found

    def known(self, codes: list[str]) -> list[int]:
        """The numbers of codes that may be new."""
        held: list[int] = self.numbers(pl.Series(codes, dtype=pl.String())).tolist()
        return held

    def names(self, numbers: NDArray[np.integer]) -> list[str]:
        """The codes of these."""
        names: list[str] = self.codes.gather(pl.Series(numbers)).to_list()
        return names

    def mine_number(self, mine: str) -> int:
        """The number of a mine, which may be new."""
        number = self._mine_numbers.setdefault(mine, len(self.mines))
        if number == len(self.mines):
            self.mines.append(mine)
        return number

    def of_mines(self, mines: NDArray[np.integer]) -> NDArray[np.int64]:
        """All points of these mines, which are in order."""
        if self._of_mine is None:
            order = np.argsort(self.mine, kind="stable")
            edges = np.searchsorted(self.mine[order], np.arange(len(self.mines) + 1))
            self._of_mine = order, edges
        order, edges = self._of_mine
        if len(mines) == len(self.mines):
            return order
        begins, ends = edges[mines], edges[mines + 1]
        lengths = ends - begins
        within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        return order[np.repeat(begins, lengths) + within]

    def _found(self, codes: pl.Series, hashes: NDArray[np.uint64]) -> NDArray[np.int32]:
        """The number of each, _NOBODY where it is new."""
        mask = np.uint64(len(self._table) - 1)
        places = (hashes & mask).astype(np.int64)
        found = self._table[places]
        rows = np.flatnonzero(found != _NOBODY)
        is_whole = len(rows) == len(found)
        while len(rows):
            asked = codes if is_whole else codes.gather(pl.Series(rows))
            held = self.codes.gather(pl.Series(found[rows]))
            is_other = (asked != held).to_numpy()
            rows = rows[is_other]
            is_whole = False
            places[rows] = (places[rows] + 1) & int(mask)
            found[rows] = self._table[places[rows]]
            rows = rows[found[rows] != _NOBODY]
        return found

    def _add(self, codes: pl.Series) -> None:
        begin = len(self.codes)
        self.codes = pl.concat([self.codes, codes]).rechunk()
        heads = codes.str.slice(0, MINE_LENGTH).to_list()
        of_codes = np.array([self.mine_number(head) for head in heads], np.int32)
        self.mine = np.append(self.mine, of_codes)
        self._of_mine = None
        if 2 * len(self.codes) > len(self._table):
            size = 1 << int(4 * len(self.codes) - 1).bit_length()
            self._table = np.full(size, _NOBODY, np.int32)
            begin = 0
        self._place(np.arange(begin, len(self.codes), dtype=np.int32))

    def _place(self, numbers: NDArray[np.int32]) -> None:
        """Put numbers at the first free place behind that of their hash."""
        hashes = self.codes[int(numbers[0]) :].hash().to_numpy()
        places = (hashes & np.uint64(len(self._table) - 1)).astype(np.int64)
        while len(numbers):
            is_free = self._table[places] == _NOBODY
            # Of several that want one place the last one gets it, the others look on.
            self._table[places[is_free]] = numbers[is_free]
            is_left = self._table[places] != numbers
            numbers = numbers[is_left]
            places = (places[is_left] + 1) & (len(self._table) - 1)
