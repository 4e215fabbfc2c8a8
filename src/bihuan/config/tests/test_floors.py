"""What the gate makes of a measured run: shares of packages, floors, and what was left out."""

from typing import Any

import pytest

from bihuan.config.floors import owed, package_of, shares_of


def measured(
    *, statements: int, missing: tuple[int, ...] = (), branches: int = 0, lost: Any = ()
) -> dict[str, Any]:
    """One file of the JSON report of coverage.py."""
    return {
        "summary": {
            "num_statements": statements,
            "covered_lines": statements - len(missing),
            "num_branches": branches,
            "covered_branches": branches - len(lost),
        },
        "missing_lines": list(missing),
        "missing_branches": [list(branch) for branch in lost],
    }


def report(**files: dict[str, Any]) -> dict[str, Any]:
    return {"files": {f"src/bihuan/{name}.py": held for name, held in files.items()}}


@pytest.mark.parametrize(
    ("path", "package", "percent"),
    [
        ("src/bihuan/language/loop.py", "language", 100),
        ("src/bihuan/matters/engine.py", "matters", 100),
        ("src/bihuan/leads/rules.py", "leads/rules.py", 100),
        ("src/bihuan/leads/fields.py", "leads", 95),
        ("src/bihuan/config/management/commands/tick.py", "config", 95),
        ("src/bihuan/catalog.py", "bihuan", 95),
    ],
)
def test_a_file_counts_for_its_package(path: str, package: str, percent: float) -> None:
    assert package_of(path) == package
    assert owed(package) == percent


def test_lines_and_branches_of_a_package_count_together() -> None:
    files = {
        "desk/lists": measured(statements=60, missing=(1, 2), branches=20, lost=((4, 5),)),
        "desk/forms": measured(statements=20),
    }
    (share,) = shares_of(report(**files), standing={})
    assert (share.package, share.percent, share.floor) == ("desk", 97.0, 95.0)
    assert not share.is_short


def test_one_branch_left_out_is_too_much_where_all_is_owed() -> None:
    held = measured(statements=9000, branches=1000, lost=((7, -3),))
    language, desk = shares_of(report(**{"language/loop": held, "desk/lists": held}), standing={})[
        ::-1
    ]
    assert language.is_short
    assert not desk.is_short


def test_what_was_left_out_is_named_by_file_and_line() -> None:
    lost = ((2, 3), (12, 14), (20, -18))
    held = measured(statements=10, missing=(2, 3, 4, 9), branches=6, lost=lost)
    (share,) = shares_of(report(**{"desk/lists": held, "desk/forms": measured(statements=1)}))
    assert [str(gap) for gap in share.gaps] == [
        "src/bihuan/desk/lists.py: 2-4, 9, 12->14, 20->exit"
    ]


def test_a_package_on_its_way_keeps_what_it_has() -> None:
    held = report(**{"matters/engine": measured(statements=10, missing=(3,))})
    (kept,) = shares_of(held, standing={"matters": 90.0})
    (fallen,) = shares_of(held, standing={"matters": 90.5})
    assert (kept.is_short, fallen.is_short) == (False, True)


def test_a_package_without_a_line_is_whole() -> None:
    (share,) = shares_of(report(**{"language/__init__": measured(statements=0)}), standing={})
    assert share.percent == 100
