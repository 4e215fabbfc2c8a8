"""Points by number: a million codes found in one go, without a Python call for each."""

import secrets
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bihuan.telemetry.records import MINE_LENGTH

_NOBODY: Final = -1
_LEAST: Final = 1 << 10
_ROOM: Final = 2
_SEED_BITS: Final = 63
type _Hashes = NDArray[np.uint64]


class Points:
    """Codes of points and their mines, numbered from 0 in the order in which they were met.

    A table of open addressing over the hashes that polars makes of a column. What it finds is
    compared by a second hash, whose seed is drawn anew each time and known to nobody: that two of
    a million codes agree in both has a chance below 1 in 10 ** 26.
    """

    def __init__(self, codes: pl.Series | None = None) -> None:
        self.codes = pl.Series([], dtype=pl.String())
        self.mines: list[str] = []
        self.mine = np.zeros(0, np.int32)
        self._mine_numbers: dict[str, int] = {}
        self._table = np.full(_LEAST, _NOBODY, np.int32)
        self._seed = secrets.randbits(_SEED_BITS)
        # One more than there are points, so that _NOBODY finds something too.
        self._checks = np.zeros(1, np.uint64)
        self._of_mine: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None
        if codes is not None:
            self.numbers(codes)

    def __len__(self) -> int:
        """How many are known."""
        return len(self.codes)

    def numbers(self, codes: pl.Series) -> NDArray[np.intp]:
        """The number of each code; those never met get the next ones."""
        if not len(codes):
            return np.zeros(0, np.intp)
        hashes, checks = self._hashed(codes)
        found = self._found(hashes, checks)
        is_new = found == _NOBODY
        if is_new.any():
            self._add(codes.filter(pl.Series(is_new)).unique(maintain_order=True))
            found = self._found(hashes, checks)
        return found.astype(np.intp)

    def known(self, codes: list[str]) -> list[int]:
        """The numbers of codes that may be new."""
        if not codes:
            return []
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
        order, edges = self._by_mine()
        if len(mines) == len(self.mines):
            return order
        begins, ends = edges[mines], edges[mines + 1]
        lengths = ends - begins
        within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        points: NDArray[np.int64] = order[np.repeat(begins, lengths) + within]
        return points

    def count_of(self, mines: NDArray[np.integer]) -> NDArray[np.int64]:
        """How many points each of these mines has."""
        _order, edges = self._by_mine()
        counts: NDArray[np.int64] = edges[mines + 1] - edges[mines]
        return counts

    def _by_mine(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Points by mine, and where each mine's begin."""
        if self._of_mine is None:
            order = np.argsort(self.mine, kind="stable")
            edges = np.searchsorted(self.mine[order], np.arange(len(self.mines) + 1))
            self._of_mine = order, edges
        return self._of_mine

    def _hashed(self, codes: pl.Series) -> tuple[_Hashes, _Hashes]:
        """Where to look for each code, and what says that it is the one."""
        code = pl.col(codes.name)
        told = codes.to_frame().select(code.hash().alias("0"), code.hash(self._seed).alias("1"))
        return told["0"].to_numpy(), told["1"].to_numpy()

    def _found(self, hashes: _Hashes, checks: _Hashes) -> NDArray[np.int32]:
        """The number of each, _NOBODY where it is new."""
        mask = np.uint64(len(self._table) - 1)
        places = (hashes & mask).view(np.int64)
        found = self._table[places]
        rows = np.flatnonzero((self._checks[found] != checks) & (found != _NOBODY))
        while len(rows):
            places[rows] = (places[rows] + 1) & int(mask)
            met = self._table[places[rows]]
            found[rows] = met
            rows = rows[(self._checks[met] != checks[rows]) & (met != _NOBODY)]
        return found

    def _add(self, codes: pl.Series) -> None:
        begin = len(self.codes)
        self.codes = pl.concat([self.codes, codes]).rechunk()
        heads = codes.str.slice(0, MINE_LENGTH).to_list()
        of_codes = np.array([self.mine_number(head) for head in heads], np.int32)
        self.mine = np.append(self.mine, of_codes)
        self._of_mine = None
        _hashes, checks = self._hashed(codes)
        self._checks = np.concatenate([self._checks[:-1], checks, self._checks[-1:]])
        if _ROOM * len(self.codes) > len(self._table):
            size = 1 << int(2 * _ROOM * len(self.codes) - 1).bit_length()
            self._table = np.full(size, _NOBODY, np.int32)
            begin = 0
        self._place(np.arange(begin, len(self.codes), dtype=np.int32))

    def _place(self, numbers: NDArray[np.int32]) -> None:
        """Put numbers at the first free place behind that of their hash."""
        hashes, _checks = self._hashed(self.codes[int(numbers[0]) :])
        places = (hashes & np.uint64(len(self._table) - 1)).astype(np.int64)
        while len(numbers):
            is_free = self._table[places] == _NOBODY
            # Of several that want one place the last one gets it, the others look on.
            self._table[places[is_free]] = numbers[is_free]
            is_left = self._table[places] != numbers
            numbers = numbers[is_left]
            places = (places[is_left] + 1) & (len(self._table) - 1)
