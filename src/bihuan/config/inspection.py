"""Looking at declarations and templates: check, diagrams and the trace from clause to test."""

import ast
import csv
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

from bihuan.accounts.roles import BY_KEY
from bihuan.config.wrong import WrongSetting
from bihuan.language.checks import check_catalog
from bihuan.language.diagrams import loop_page
from bihuan.language.pack import read_pack
from bihuan.matters.declarations import catalog

SERVED_NOW = "served.txt"  # clauses that this version must serve


def faults() -> tuple[str, ...]:
    """Every fault of the declarations against packs and clause library."""
    packs = sorted((settings.DATA / "packs").glob("*.toml"))
    keys = {parameter.key for path in packs for parameter in read_pack(path).parameters}
    return check_catalog(catalog(), parameters=keys, clauses={row["id"] for row in library()})


def template_faults(*, compiled: bool) -> tuple[str, ...]:
    """Every template that can't be read, by name and line: all of them take 0.15 s.

    Compiled as well, filters that nobody made are found too; that takes 0.5 s.
    """
    from jinja2 import FileSystemLoader, TemplateSyntaxError  # noqa: PLC0415 - see below

    from bihuan.ui.environment import environment  # noqa: PLC0415 - the worker never loads it

    folders: Any = settings.TEMPLATES[0]["DIRS"]
    loader = FileSystemLoader(folders)
    pages = environment(loader=loader)
    look = pages.compile if compiled else pages.parse
    found = []
    for name in loader.list_templates():
        try:
            look(loader.get_source(pages, name)[0], name)
        except TemplateSyntaxError as error:
            found.append(f"template {name}, line {error.lineno}: {error.message}")
    return tuple(found)


def stop_on_faults(*, draws_pages: bool = True) -> None:
    """Load every declaration now; WrongSetting with the findings, so that nothing is served.

    Templates are no matter of a process that draws no pages.
    """
    try:
        found = (*faults(), *(template_faults(compiled=False) if draws_pages else ()))
    except (ImportError, AttributeError, LookupError, TypeError, ValueError) as error:
        found = (f"{type(error).__name__}: {error}",)
    if found:
        raise WrongSetting("\n".join(("声明或模板有错，没有启动：", *found)))


def library() -> list[dict[str, str]]:
    """The clause library as rows."""
    with (settings.DATA / "clauses.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def diagrams() -> dict[str, str]:
    """File name to text of every generated loop page."""
    roles = {key: role.label for key, role in BY_KEY.items()}
    roles |= {"public": "举报人", "clock": "系统时钟"}
    return {f"{loop.key}.md": loop_page(loop, roles=roles) for loop in catalog().loops}


def trace(root: Path) -> list[dict[str, Any]]:
    """Clause → declarations → tests, for every clause that a declaration or a test names."""
    serving: dict[str, list[str]] = defaultdict(list)
    for clause, served_by in catalog().serving():
        serving[clause].append(served_by)
    tests: dict[str, list[str]] = defaultdict(list)
    for clause, test in sorted(_tests(root)):
        tests[clause].append(test)
    return [
        {
            "id": row["id"],
            "title": row["title"],
            "capability": row["capability"],
            "served_by": serving.get(row["id"], []),
            "tests": tests.get(row["id"], []),
        }
        for row in library()
        if row["id"] in serving or row["id"] in tests or row["id"] in due_now()
    ]


def due_now() -> frozenset[str]:
    """Clauses that this version promises."""
    text = (settings.DATA / SERVED_NOW).read_text("utf-8")
    return frozenset(line.split("#")[0].strip() for line in text.splitlines()) - {""}


def _tests(root: Path) -> Iterator[tuple[str, str]]:
    """(clause, test id) of every marked test, read from the source without running it."""
    for path in sorted([*root.glob("src/**/test_*.py"), *root.glob("tests/**/test_*.py")]):
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
                name = f"{path.relative_to(root)}::{node.name}"
                yield from ((clause, name) for clause in _clauses_of(node))


def _clauses_of(node: ast.FunctionDef) -> Iterator[str]:
    for decorator in node.decorator_list:
        if not isinstance(decorator, ast.Call):
            continue
        if ast.unparse(decorator.func) == "pytest.mark.clause":
            for argument in decorator.args:
                if isinstance(argument, ast.Constant):
                    yield str(argument.value)
