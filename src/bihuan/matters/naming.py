"""Names of what a matter's facts and columns point to, looked up once per kind of thing."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from bihuan.database.prepared import prepared
from bihuan.language.clock import SHANGHAI
from bihuan.language.field import Field, Kind
from bihuan.language.loop import Loop
from bihuan.language.parameter import Option
from bihuan.language.wording import day_text, money_text
from bihuan.matters.case import Case
from bihuan.matters.models import Matter
from bihuan.matters.reach import untold_facts
from bihuan.places.models import Person, Region, Site, Unit

REFERENCES: dict[Kind, Any] = {
    Kind.UNIT: Unit,
    Kind.REGION: Region,
    Kind.SITE: Site,
    Kind.PERSON: Person,
}
COLUMNS: dict[str, Any] = {
    "unit_id": Unit,
    "site_id": Site,
    **dict.fromkeys(("l1", "l2", "l3", "l4"), Region),
}


class Names:
    """Facts of one loop as they are read; `options` gives the choices of a field here."""

    def __init__(
        self,
        loop: Loop,
        *,
        options: Callable[[Field], tuple[Option, ...]],
        county_id: int | None = None,
        untold: frozenset[str] = frozenset(),
    ) -> None:
        asked = [*loop.opens_with, *(one for step in loop.steps for one in step.asks)]
        self._fields = {one.key: one for one in reversed(asked)}
        self._options_of = options
        self._options: dict[str, dict[str, str]] = {}
        self._names: dict[tuple[str, int], str] = {}
        self._county_id = county_id
        self.untold = untold

    @classmethod
    def of_case(cls, case: Case) -> "Names":
        """Names for a matter, with the choices in force at its place."""
        untold = untold_facts(case.by, loop=case.loop)
        return cls(case.loop, options=_OptionsHere(case), county_id=case.matter.l3, untold=untold)

    def read(
        self, facts: Iterable[Mapping[str, Any]], columns: Iterable[Mapping[str, Any]] = ()
    ) -> None:
        """Look up every id that stands in these facts and columns; a query per kind of thing."""
        pointed = [(self._model(key), value) for row in facts for key, value in row.items()]
        pointed += [(COLUMNS.get(key), value) for row in columns for key, value in row.items()]
        wanted: dict[Any, set[int]] = {}
        for model, value in pointed:
            if model is not None and isinstance(value, int):
                wanted.setdefault(model, set()).add(value)
        for model, ids in wanted.items():
            missing = {pk for pk in ids if (model.__name__, pk) not in self._names}
            if missing:
                self._names |= _names_of(model, missing)

    def of(self, key: str, value: Any, *, year: int = 0) -> str:
        """A fact as it is read; days without their year when it is `year`."""
        if value in (None, "", []):
            return ""
        asked = self._fields.get(key)
        kind = asked.kind if asked else Kind.TEXT
        if kind in (*REFERENCES, Kind.MATTER) and isinstance(value, int):
            return self._names.get((self._model(key).__name__, value), "")
        if isinstance(value, bool):
            return "是" if value else "否"
        if kind is Kind.FILES:
            return f"{len(value)} 件"
        if isinstance(value, list):
            return "、".join(self._label(key, part) for part in value)
        if kind is Kind.AMOUNT:
            return money_text(str(value))
        return _text(self._label(key, value), year=year, joined=kind is Kind.LONG_TEXT)

    def of_column(self, key: str, value: Any) -> str:
        """The name behind a column of the matter."""
        return self._names.get((COLUMNS[key].__name__, value), "") if value else ""

    def knows(self, key: str) -> bool:
        """Whether a step or the opening asks it; what only follows from answers has no label."""
        return key in self._fields

    def label(self, key: str, *, loop: Loop) -> str:
        """The label of a fact."""
        asked = self._fields.get(key) or loop.fields.get(key)
        return asked.label if asked else "内部标记"

    def is_long(self, key: str, *, loop: Loop) -> bool:
        """Whether a fact is a text of sentences; these are also looked through for names."""
        asked = self._fields.get(key) or loop.fields.get(key)
        return asked is not None and asked.kind is Kind.LONG_TEXT and asked.personal

    def short(self, actor: str) -> str:
        """Unit and person without the county that every line of the page would repeat."""
        county = self.of_column("l3", self._county_id)
        return actor.removeprefix(county) or actor

    def _model(self, key: str) -> Any:
        asked = self._fields.get(key)
        if asked is None:
            return None
        return Matter if asked.kind is Kind.MATTER else REFERENCES.get(asked.kind)

    def _label(self, key: str, value: Any) -> str:
        asked = self._fields.get(key)
        if asked is None or asked.kind not in (Kind.CHOICE, Kind.CHOICES):
            return str(value)
        if key not in self._options:
            self._options[key] = {one.key: one.label for one in self._options_of(asked)}
        return self._options[key].get(str(value), str(value))


class _OptionsHere:
    """The choices of a field at a matter's place today; one parameter is asked once."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._known: dict[str, tuple[Option, ...]] = {}

    def __call__(self, asked: Field) -> tuple[Option, ...]:
        param = asked.options_param
        if not param:
            return asked.options
        if param not in self._known:
            value = self._case.value(param)
            self._known[param] = value.options if value.is_set else asked.options
        return self._known[param]


def _names_of(model: Any, ids: set[int]) -> dict[tuple[str, int], str]:
    asked = tuple(sorted(ids))
    if model is Matter:
        rows = _numbers(asked)
        return {("Matter", pk): number or accepted for pk, number, accepted in rows}
    return {(model.__name__, pk): name for pk, name in _names(model, asked)}


@prepared
def _numbers(ids: tuple[int, ...]) -> QuerySet[Matter, tuple[int, str, str]]:
    found = Matter.objects.filter(pk__in=ids)
    return found.values_list("pk", "number", "acceptance_number")


@prepared
def _names(model: type[Any], ids: tuple[int, ...]) -> QuerySet[Any, tuple[int, str]]:
    names: QuerySet[Any, tuple[int, str]] = model.objects.filter(pk__in=ids)
    return names.values_list("pk", "name")


def _text(text: str, *, year: int, joined: bool) -> str:
    """A day or moment in words; the lines of a short list joined."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        is_list = joined and len(lines) > 1 and max(map(len, lines)) <= 20
        return "、".join(lines) if is_list else text
    if moment.tzinfo is None:
        return day_text(date.fromisoformat(text[:10]), year=year) if year else text[:10]
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
