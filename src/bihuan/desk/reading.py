"""The matter behind an address, for reading: only within the signed-in person's reach."""

from datetime import datetime
from functools import cached_property

from django.db.models import QuerySet
from django.http import Http404

from bihuan.accounts.actors import Actor
from bihuan.database.prepared import prepared
from bihuan.language.pack import Value
from bihuan.matters.case import Case
from bihuan.matters.declarations import catalog
from bihuan.matters.identity import from_code
from bihuan.matters.models import Matter
from bihuan.matters.present import at_present
from bihuan.matters.reach import visible
from bihuan.matters.viewings import Viewing, record_viewing
from bihuan.regulations.values import Rulebook, rulebook


class ReadCase(Case):
    """A case that is only looked at: it asks for the rules in force once."""

    def value(self, key: str) -> Value:
        """A pack parameter as in force here today."""
        return self._rules.value_of(key, region_path=self.matter.path_ids, on=self.today)

    @cached_property
    def parent(self) -> Case | None:
        """The matter that this one runs beside, as it is now."""
        above = super().parent
        if above is not None:
            at_present(above)
        return above

    @cached_property
    def _rules(self) -> Rulebook:
        return rulebook()


def case_or_404(code: str, *, by: Actor, now: datetime, door: str = Viewing.Door.PAGE) -> ReadCase:
    """The case of a matter with its facts, unit and site; not found outside the reach.

    Who reads a sensitive one is written down here, before anything of it is shown.
    """
    matter = _seen.first(by.reach, from_code(code) or 0)
    if matter is None:
        raise Http404(f"no matter {code!r}")
    record_viewing(matter, door, by=by, now=now)
    case = ReadCase(
        matter=matter,
        loop=catalog().loop(matter.kind),
        by=by,
        now=now,
        facts=dict(matter.facts_row.data),
    )
    # They came with the matter, so nobody asks for them again.
    case.__dict__ |= {"unit": matter.unit, "site": matter.site}
    at_present(case)
    return case


@prepared
def _seen(by: Actor, matter_id: int) -> QuerySet[Matter]:
    return visible(by).filter(pk=matter_id).select_related("facts_row", "unit", "site")


def name_of(matter: Matter) -> str:
    """What a matter is called: its number, else its acceptance number, else its title."""
    return matter.number or matter.acceptance_number or matter.title
