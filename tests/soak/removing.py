"""Takes one protection out of a scratch copy of the code, and asks tests whether they notice."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bihuan.config.soak_rounds import PROJECT

SOURCE = Path("src/bihuan")
LEFT_OUT = {"var", "shots"}  # and whatever begins with a dot: git, environment, caches
LONGEST_S = 1800  # the control of all rounds takes some minutes
TAIL_CHARS = 1500
RED, GREEN = 1, 0  # how pytest ends when tests failed, and when all passed
_FAILED = re.compile(r"^(?:.*, )?(\d+) failed\b", re.MULTILINE)
_BROKEN = re.compile(
    r"^(?:FAILED|ERROR) .* - (?:\w+\.)*(NameError|SyntaxError|ImportError)", re.MULTILINE
)


@dataclass(frozen=True, kw_only=True)
class Protection:
    """One protection: what is promised, the text that keeps it, and who ought to miss it.

    `path` and those of `tests` that don't begin with tests/ lie in src/bihuan. `on` names the
    databases on which the text is in use.
    """

    key: str
    promise: str
    path: str
    old: str
    new: str
    tests: tuple[str, ...]
    on: tuple[str, ...] = ("sqlite",)

    @property
    def file(self) -> Path:
        """The file that is edited, within the project."""
        return SOURCE / self.path

    @property
    def named(self) -> tuple[str, ...]:
        """The tests as pytest is told them."""
        return tuple(one if one.startswith("tests/") else str(SOURCE / one) for one in self.tests)


def copied(target: Path) -> Path:
    """A copy of the project as it stands, with tests and data."""
    target.mkdir(parents=True)
    for one in sorted(PROJECT.iterdir()):
        if one.name in LEFT_OUT or one.name.startswith("."):
            continue
        if one.is_dir():
            shutil.copytree(one, target / one.name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(one, target / one.name)
    return target


@contextmanager
def removed(protection: Protection, *, copy: Path) -> Iterator[None]:
    """The copy without the protection; ValueError when its text doesn't stand there once."""
    file = copy / protection.file
    text = file.read_text("utf-8")
    if text.count(protection.old) != 1:
        found = text.count(protection.old)
        raise ValueError(f"{protection.key!r}: its text stands {found!r} times in {file.name!r}")
    try:
        _write(file, text.replace(protection.old, protection.new))
        yield
    finally:
        _write(file, text)


def missed(protection: Protection, *, copy: Path, database: str = "") -> str:
    """What is wrong with how the tests took the removal; empty when they failed as they should."""
    code, said = run_tests(protection.named, copy=copy, database=database)
    named = ", ".join(protection.tests)
    if code == GREEN:
        return f"protection {protection.key} can be removed unseen: {named} stay green"
    broken = _BROKEN.search(said)
    if code != RED or not _FAILED.search(said) or broken:
        why = broken[1] if broken else f"exit code {code}"
        return f"{protection.key}: {named} broke instead of failing, {why}: {said[-TAIL_CHARS:]}"
    return ""


def run_tests(named: Iterable[str], *, copy: Path, database: str = "") -> tuple[int, str]:
    """Run these tests in the copy, up to the first that fails: exit code and what was said."""
    home = copy.parent / "home"
    scratch = copy.parent / "scratch"
    for folder in (home, scratch):
        folder.mkdir(exist_ok=True)
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("BIHUAN_", "PYTEST_", "COV"))
    }
    environment = {
        **kept,
        "BIHUAN_HOME": str(home),
        "PYTEST_OWN_HOME": str(home),
        "BIHUAN_MODE": "test",
        "BIHUAN_DATABASE": database,
        "DJANGO_SETTINGS_MODULE": "bihuan.config.settings",
        "PYTHONPATH": f"{copy / 'src'}{os.pathsep}{copy}",
        "TMPDIR": str(scratch),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # those that nobody needs here cost two seconds
        "COLUMNS": "200",
    }
    command = [sys.executable, "-m", "pytest", "-q", "-x", "--tb=short"]
    command += ["-p", "no:cacheprovider", "-p", "pytest_django.plugin"]
    try:
        done = subprocess.run(  # noqa: S603
            [*command, *named],
            check=False,
            cwd=copy,
            env=environment,
            capture_output=True,
            text=True,
            timeout=LONGEST_S,
        )
    except subprocess.TimeoutExpired:
        return -1, f"still running after {LONGEST_S} s"
    return done.returncode, done.stdout + done.stderr


def _write(file: Path, text: str) -> None:
    """Write a source file; what was compiled of it may be as old and as long, so it goes."""
    file.write_text(text, "utf-8")
    Path(importlib.util.cache_from_source(str(file))).unlink(missing_ok=True)
