"""Build the Jinja2 environment of every page; Django's backend and the plain specimen share it."""

from collections.abc import Callable, Hashable
from pathlib import Path
from threading import Lock
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bihuan.ui import words
from bihuan.ui.icons import icon

_DICT_METHODS: Final = frozenset(dir(dict))
TEMPLATES: Final = Path(__file__).parent / "templates"
DRAWN_MAX: Final = 300  # parts of pages that `lasting` keeps, 3 to 6 kB each
_drawn: dict[tuple[str, Hashable], Any] = {}
_drawing = Lock()

_WORDS: Final = (
    words.day,
    words.short_day,
    words.long_day,
    words.month_day,
    words.weekday,
    words.moment,
    words.short_moment,
    words.clock_time,
    words.machine_moment,
    words.file_size,
    words.amount,
)


def static(path: str) -> str:
    """Give the address of a static file; the import waits so that plain Jinja needs no Django."""
    from django.templatetags.static import static as django_static  # noqa: PLC0415

    return django_static(path)


def url(name: str, *args: object, **kwargs: object) -> str:
    """Give the address of a named view."""
    from django.urls import reverse  # noqa: PLC0415

    return reverse(name, args=args or None, kwargs=kwargs or None)


class PageEnvironment(Environment):
    """Jinja that looks for a name of a dict among its keys first, and writes texts by `written`.

    Pages are made of plain dicts. Jinja asks for an attribute of that name first, which costs an
    exception for every value on the page: a sixth of the work of a list.
    """

    def _generate(self, *args: Any, **kwargs: Any) -> str:
        """The code of a template, made by Jinja, in which `escape` is our own."""
        imports, _, rest = super()._generate(*args, **kwargs).partition("\n")
        return f"{imports}; from bihuan.ui.escaping import written as escape\n{rest}"

    def getattr(self, obj: Any, attribute: str) -> Any:
        """The value of that key or attribute, else what stands for a missing one."""
        if type(obj) is dict:
            if attribute in obj:
                return obj[attribute]
            if attribute not in _DICT_METHODS:
                return self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)


def remembering(draw: Callable[..., Any]) -> Callable[..., Any]:
    """A macro that draws the same things once; for parts that come again in every row."""
    drawn: dict[tuple[Any, ...], Any] = {}

    def once(*told: Any) -> Any:
        key = tuple(tuple(one) if isinstance(one, list) else one for one in told)
        found = drawn.get(key)
        if found is None:
            found = drawn[key] = draw(*told)
        return found

    return once


def lasting(draw: Callable[..., Any], mark: Hashable | None, *told: Any) -> Any:
    """What a macro draws, kept beyond this page under all that it hangs on; None keeps nothing."""
    if mark is None:
        return draw(*told)
    key = (draw.name, mark)  # type: ignore[attr-defined]
    found = _drawn.get(key)
    if found is None:
        found = draw(*told)
        with _drawing:
            _drawn[key] = found
            while len(_drawn) > DRAWN_MAX:
                del _drawn[next(iter(_drawn))]
    return found


def environment(**options: Any) -> Environment:
    """Return the environment; `options` are those of `jinja2.Environment`, as Django passes them.

    A missing name is an error, never an empty place on the page: a screen that silently loses a
    deadline is worse than one that fails its test.
    """
    options["undefined"] = StrictUndefined
    options.setdefault("autoescape", True)
    options.setdefault("loader", FileSystemLoader(TEMPLATES))
    options.setdefault("trim_blocks", True)
    options.setdefault("lstrip_blocks", True)
    env = PageEnvironment(**options)
    env.globals.update(static=static, url=url, icon_svg=icon)
    env.globals.update(remembering=remembering, lasting=lasting)
    for word in _WORDS:
        env.globals[word.__name__] = word
        env.filters[word.__name__] = word
    env.filters["counted"] = words.count
    env.filters["faults_heading"] = words.faults_heading
    env.filters["whole_days"] = words.whole_days
    return env
