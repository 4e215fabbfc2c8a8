"""Resuming a soak run, and its table: what is finished stays, one row per suite and database."""

import subprocess
from pathlib import Path

from bihuan.config.soak import Progress, commit_of
from bihuan.config.soak_rounds import Round, play
from bihuan.config.soak_table import BEGIN, Row, write_row


def progress(tmp_path: Path, *, commit: str = "abc", restart: bool = False) -> Progress:
    return Progress(tmp_path / "state.json", commit=commit, seed=None, restart=restart)


def test_finished_rounds_and_the_seed_are_kept(tmp_path: Path) -> None:
    first = progress(tmp_path)
    first.keep("presses", "sqlite", Round(number=3, faults=("a fault",)), seconds=1.4)
    again = progress(tmp_path)
    assert again.seed == first.seed
    assert again.of("presses", "sqlite")["3"]["faults"] == ["a fault"]
    assert again.of("presses", "postgresql") == {}


def test_another_commit_or_a_restart_begins_anew(tmp_path: Path) -> None:
    progress(tmp_path).keep("presses", "sqlite", Round(number=1), seconds=1)
    assert progress(tmp_path, commit="def").done == {}
    assert progress(tmp_path, restart=True).done == {}


def test_another_seed_begins_anew(tmp_path: Path) -> None:
    progress(tmp_path).keep("presses", "sqlite", Round(number=1), seconds=1)
    path = tmp_path / "state.json"
    assert Progress(path, commit="abc", seed=7, restart=False).seed == 7


def row(**changed: str) -> Row:
    told = {
        "suite": "kills",
        "database": "SQLite",
        "count": "100 kills",
        "result": "held",
        "seed": "1",
        "minutes": "9",
        "commit": "abc",
        "date": "2026-11-22",
    }
    return Row(**{**told, **changed})


def test_a_row_replaces_its_elder_and_leaves_the_page_alone(tmp_path: Path) -> None:
    page = tmp_path / "README.md"
    page.write_text("# Figures\n\nWords.\n", "utf-8")
    write_row(page, row())
    write_row(page, row(database="PostgreSQL"))
    page.write_text(page.read_text("utf-8") + "\nAfter.\n", "utf-8")
    write_row(page, row(commit="def"))
    text = page.read_text("utf-8")
    assert text.startswith("# Figures\n\nWords.\n")
    assert text.endswith("\nAfter.\n")
    assert text.count(BEGIN) == 1
    assert text.count("| kills | SQLite |") == text.count("| kills | PostgreSQL |") == 1
    assert "| abc |" in text
    assert "| def |" in text


def test_a_suite_that_breaks_off_is_a_fault_of_its_round() -> None:
    played = list(play("no_such_suite", [1, 2], seed=1))
    assert [one.number for one in played] == [1]
    assert "the suite broke off" in played[0].faults[0]
    assert "no_such_suite" in played[0].faults[0]


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=x", "-c", "user.email=x@example.invalid")
    subprocess.run(["git", *who, *arguments], check=True, cwd=folder, capture_output=True)  # noqa: S603, S607


def test_the_page_that_soak_writes_leaves_the_commit_as_it_is(tmp_path: Path) -> None:
    for name in ("bench/README.md", "code.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("as committed", "utf-8")
    git(tmp_path, "init")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "All")
    clean = commit_of(tmp_path)
    (tmp_path / "bench/README.md").write_text("figures", "utf-8")
    assert commit_of(tmp_path) == clean
    (tmp_path / "code.py").write_text("changed", "utf-8")
    assert commit_of(tmp_path) == f"{clean}-dirty"
