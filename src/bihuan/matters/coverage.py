"""Coverage of a duty: who owes it, which record proves it, in time or later, and the totals."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from bihuan.accounts.actors import Actor
from bihuan.accounts.roles import BY_KEY, Reach
from bihuan.language.words import Duty
from bihuan.matters.declarations import catalog
from bihuan.matters.models import Record
from bihuan.places.models import Site
from bihuan.regulations.values import Rulebook, rulebook


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How one site stands: its due day, the record that proves the duty, and since when."""

    site: Site
    due_on: date | None
    due_note: str
    proof: Record | None
    proved_on: date | None
    reopened_on: date | None

    @property
    def is_done(self) -> bool:
        """Whether the duty is proved now."""
        return self.proof is not None

    @property
    def words(self) -> str:
        """按期, 逾期后补 or 未张贴: a past due date is history, never a count of days."""
        if self.proved_on is None:
            return "检查未见，须重新张贴" if self.reopened_on else "未张贴"
        if self.due_on is None:
            return "已张贴"
        return "按期张贴" if self.proved_on <= self.due_on else "期限后张贴"

    @property
    def tone(self) -> str:
        """The look of the words."""
        if not self.is_done:
            return "todo"
        late = self.due_on and self.proved_on and self.proved_on > self.due_on
        return "check" if late else "done"


@dataclass(frozen=True, kw_only=True)
class Total:
    """Done and all of one part of the population."""

    label: str
    done: int
    all: int

    @property
    def words(self) -> str:
        """done/all."""
        return f"{self.done}/{self.all}"


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """Every member of the population with its standing, and totals by kind."""

    duty: Duty
    standings: tuple[Standing, ...]
    totals: tuple[Total, ...]

    @property
    def missing(self) -> tuple[Standing, ...]:
        """Those without proof."""
        return tuple(one for one in self.standings if not one.is_done)


def coverage(duty_key: str, *, by: Actor, on: date) -> Coverage:
    """How a duty stands on a day among those the actor oversees (SX-52-1)."""
    duty = next(duty for duty in catalog().duties if duty.key == duty_key)
    population = catalog().population(duty.population)
    ids = set(population.members(_regions_overseen(duty, by), on))
    ids |= _own_sites(duty, by) & set(population.members(_all_regions(by), on))
    sites = list(Site.objects.filter(pk__in=ids).select_related("region").order_by("kind", "id"))
    proofs = _records_by_site(duty, ids, on)
    rules = rulebook()
    standings = tuple(_standing(duty, site, proofs[site.pk], rules=rules, on=on) for site in sites)
    return Coverage(duty=duty, standings=standings, totals=_totals(standings))


def _standing(
    duty: Duty, site: Site, records: list[Record], *, rules: Rulebook, on: date
) -> Standing:
    due = duty.due_param(site) if callable(duty.due_param) else duty.due_param
    value = rules.value_of(due, region_path=site.region.path_ids, on=on) if due else None
    proof, reopened_on = None, None
    for record in records:
        if not duty.proof(record.facts):
            # Seen missing at a visit: what was proved before no longer counts.
            proof, reopened_on = None, record.valid_from
        elif proof is None:
            proof = record
    return Standing(
        site=site,
        due_on=value.date if value and value.is_set else None,
        due_note=value.note if value else "",
        proof=proof,
        proved_on=proof.valid_from if proof else None,
        reopened_on=reopened_on if proof is None else None,
    )


def _records_by_site(duty: Duty, ids: set[int], on: date) -> dict[int, list[Record]]:
    rows = Record.objects.filter(
        ledger=duty.proof_ledger, site_id__in=ids, is_void=False, valid_from__lte=on
    ).order_by("site_id", "valid_from", "id")
    found: dict[int, list[Record]] = defaultdict(list)
    for row in rows:
        found[row.site_id or 0].append(row)
    return found


def _totals(standings: Iterable[Standing]) -> tuple[Total, ...]:
    totals = []
    for kind, group in groupby(standings, key=_kind):
        part = list(group)
        done = sum(one.is_done for one in part)
        totals.append(Total(label=Site.Kind(kind).label, done=done, all=len(part)))
    return tuple(totals)


def _kind(standing: Standing) -> str:
    return standing.site.kind


def _regions_overseen(duty: Duty, by: Actor) -> tuple[int, ...]:
    writers = set(catalog().ledger(duty.proof_ledger).write_by) - {"firm"}
    return tuple(
        held.region_id
        for held in by.held
        if held.role in writers or BY_KEY[held.role].reach is Reach.REGION
    )


def _all_regions(by: Actor) -> tuple[int, ...]:
    return tuple({held.region_id for held in by.held})


def _own_sites(duty: Duty, by: Actor) -> set[int]:
    if "firm" not in catalog().ledger(duty.proof_ledger).write_by or "firm" not in by.roles:
        return set()
    firms = [held.unit_id for held in by.held if held.role == "firm"]
    return set(Site.objects.filter(firm_id__in=firms).values_list("pk", flat=True))
