"""Points get numbers in the order in which they are met, and are found again by them."""

import numpy as np
import polars as pl

from bihuan.telemetry.live.points import Points


def codes(mine: int, count: int) -> list[str]:
    return [f"{mine:012}01MN0001{number:08}" for number in range(count)]


def test_a_code_has_one_number_for_ever() -> None:
    points = Points()
    met = [code for mine in (7, 3, 5) for code in codes(mine, 2_000)]
    for begin in range(0, len(met), 700):
        points.numbers(pl.Series(met[begin : begin + 700]))
    assert len(points) == len(met)
    assert points.numbers(pl.Series(met)).tolist() == list(range(len(met)))
    assert points.numbers(pl.Series([met[5], met[5], met[0]])).tolist() == [5, 5, 0]
    assert points.names(np.array([4_000, 1])) == [met[4_000], met[1]]
    assert points.known([met[9], "2" * 28, met[9]]) == [9, 6_000, 9]


def test_points_of_a_mine_are_known() -> None:
    points = Points(pl.Series([*codes(7, 3), *codes(3, 2), *codes(7, 4)]))
    assert points.mines == ["000000000007", "000000000003"]
    assert points.of_mines(np.array([0])).tolist() == [0, 1, 2, 5]
    assert points.of_mines(np.array([1])).tolist() == [3, 4]
    assert sorted(points.of_mines(np.array([0, 1])).tolist()) == list(range(6))
    assert points.count_of(np.array([1, 0])).tolist() == [2, 4]
    points.known(codes(3, 3))
    assert points.of_mines(np.array([1])).tolist() == [3, 4, 6]
