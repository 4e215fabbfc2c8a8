"""The tidy rules of style: sizes, first sentences, banned names, blobs, templates."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "bihuan"
LINES_MAX = 400
FUNCTION_LINES_MAX = 50
BLOB_MAX = 256 * 1024
BANNED = {"utils", "helpers", "common", "base", "manager", "service", "misc"}
GENERATED = {"uv.lock"}
WRITES = {"create", "bulk_create", "update", "delete", "save", "bulk_update", "get_or_create"}
ENGINE_TABLES = {"Matter", "Facts", "Entry", "Timer", "RungFired", "Seal", "Recusal", "Record"}


def tracked(*patterns: str) -> list[Path]:
    out = subprocess.run(  # noqa: S603
        ["git", "ls-files", *patterns],  # noqa: S607
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return [ROOT / line for line in out.splitlines() if (ROOT / line).is_file()]


PYTHON = [
    path
    for path in tracked("*.py")
    if "migrations" not in path.parts and path.read_text("utf-8").strip()
]
DECLARATIONS = ("loop.py", "loops.py", "stages.py", "fields.py", "ledgers.py", "catalog.py")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", PYTHON, ids=name_of)
def test_module(path: Path) -> None:
    text = path.read_text("utf-8")
    is_test = "tests" in path.parts
    assert text.count("\n") <= (1.2 if is_test else 1) * LINES_MAX, "one module, one purpose"
    tree = ast.parse(text)
    docstring = ast.get_docstring(tree) or ""
    assert docstring, "a module starts with one sentence that says what the file is for"
    assert docstring.splitlines()[0].rstrip().endswith("."), "the first line is a sentence"
    assert path.stem not in BANNED
    assert not re.search(r"\b(TODO|FIXME|XXX)\b", text) or path == Path(__file__)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            size = (node.end_lineno or node.lineno) - node.lineno + 1
            limit = (2 if is_test else 1) * FUNCTION_LINES_MAX
            assert size <= limit, f"{node.name} has {size} lines"


def test_only_the_engine_writes_matters() -> None:
    """Outside matters/ nobody calls a writing method on a table of the engine."""
    found = []
    for path in PYTHON:
        if (
            SOURCE not in path.parents
            or "tests" in path.parts
            or SOURCE / "matters" in path.parents
        ):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                called = ast.unparse(node.func)
                table = called.split(".")[0]
                if node.func.attr in WRITES and table in ENGINE_TABLES:
                    found.append(f"{name_of(path)}:{node.lineno} {called}")
    assert found == []


def test_no_lambda_in_declarations() -> None:
    """A guard's name is its documentation."""
    found = [
        name_of(path)
        for path in PYTHON
        if path.name
        in ("loop.py", "loops.py", "stages.py", "fields.py", "ledgers.py", "catalog.py")
        and any(isinstance(node, ast.Lambda) for node in ast.walk(ast.parse(path.read_text())))
    ]
    assert found == []


def test_no_large_files() -> None:
    large = [name_of(path) for path in tracked() if path.stat().st_size > BLOB_MAX]
    assert set(large) <= GENERATED


def test_templates_hold_no_inline_style_or_script() -> None:
    found = []
    for path in tracked("*.html"):
        text = path.read_text("utf-8")
        if re.search(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\ssrc=)", text):
            found.append(name_of(path))
    assert found == []


def test_nothing_speaks_of_this_machine() -> None:
    """No absolute paths of a developer's machine in code, docs or data."""
    found = [
        name_of(path)
        for path in tracked()
        if path.suffix in {".py", ".md", ".toml", ".html", ".sh", ".css", ".js"}
        and path != Path(__file__)
        and re.search(r"/(?:work|root)/", path.read_text("utf-8"))
    ]
    assert found == []
