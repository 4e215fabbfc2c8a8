"""Mines named in a text: by name, short name or number; what is none of the area's is told."""

from bihuan.monitoring.warnings.area import chosen, names_in
from bihuan.places.models import Site


def mine(pk: int, name: str, short: str = "") -> Site:
    return Site(pk=pk, name=name, short_name=short)


A, B, C = mine(1, "青石岭煤矿", "青石岭"), mine(2, "兴旺煤矿"), mine(3, "兴旺煤矿")


def test_names_are_parted_by_marks_and_lines() -> None:
    assert names_in("青石岭煤矿、 兴旺煤矿\n白云石料矿，") == [
        "青石岭煤矿",
        "兴旺煤矿",
        "白云石料矿",
    ]
    assert names_in(" \n") == []


def test_no_name_is_all_and_a_name_counts_once() -> None:
    assert chosen([A, B], "") == ([A, B], [])
    assert chosen([A, B], "青石岭、青石岭煤矿、1") == ([A], [])


def test_a_name_of_two_mines_or_of_none_is_told() -> None:
    assert chosen([A, B, C], "兴旺煤矿、虚构煤矿") == ([], ["兴旺煤矿", "虚构煤矿"])
    assert chosen([A, B, C], "3") == ([C], [])
