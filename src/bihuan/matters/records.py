"""Records of ledgers: written, corrected and voided by declaration, with history in the trail."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from bihuan.accounts.actors import Actor
from bihuan.accounts.roles import BY_KEY, Reach
from bihuan.language.clock import SHANGHAI
from bihuan.language.field import Field, Kind
from bihuan.language.pack import Value
from bihuan.language.parameter import Option
from bihuan.language.words import Ledger
from bihuan.matters import trail
from bihuan.matters.answers import clean_answers, confirmed_in
from bihuan.matters.declarations import catalog
from bihuan.matters.identity import is_id, new_id
from bihuan.matters.models import Attachment, Entry, Matter, Record
from bihuan.matters.permission import why_not
from bihuan.matters.refusals import Incomplete, NotFound, NotYours, Refused
from bihuan.matters.seals import unsealed
from bihuan.matters.writing import engine_writes
from bihuan.places.models import Region, Site
from bihuan.regulations.values import value_of

WRITE, VOID = "record.write", "record.void"
FROM_LEDGER = "ledger:"  # as `options_param=`: the records of an open list are the options
COLUMNS = (
    "title",
    "region_id",
    "site_id",
    "unit_id",
    "person_id",
    "valid_from",
    "valid_until",
    "is_void",
    "version",
)


@dataclass(kw_only=True)
class RecordCase:
    """A record in hand: what guards and field checks see of it."""

    ledger: Ledger
    record: Record
    region: Region
    by: Actor
    now: datetime
    answers: Mapping[str, Any] = field(default_factory=dict)
    confirmed: tuple[str, ...] = ()  # fields whose seeming names a person looked at

    @property
    def matter(self) -> Matter:
        """A stand-in with kind and place: checks of fields look at nothing else."""
        path = (*self.region.path_ids, *(None,) * 4)[:4]
        return Matter(id=0, kind=self.ledger.key, l1=path[0], l2=path[1], l3=path[2], l4=path[3])

    @property
    def today(self) -> date:
        """The day of the writing, in Shanghai."""
        return self.now.astimezone(SHANGHAI).date()

    def value(self, key: str) -> Value:
        """A pack parameter as in force here today."""
        return value_of(key, region_path=self.region.path_ids, on=self.today)

    def own_files(self) -> QuerySet[Attachment]:
        """Files of this record, and those the actor has just uploaded for one."""
        mine = Q(record_id=self.record.pk)
        fresh = Q(record=None, matter=None, uploaded_by_id=self.by.user_id)
        return Attachment.objects.filter(mine | fresh)


def write_record(
    ledger_key: str,
    *,
    by: Actor,
    now: datetime,
    facts: Mapping[str, Any],
    record_id: int | None = None,
    region_id: int | None = None,
    reason: str = "",
    seen_version: int | None = None,
) -> Record:
    """Write a new record, or a new version of one; raises the refusals of the engine.

    `region_id` places a record that is about no site; a site's record lies where the site does.
    """
    ledger = _ledger(ledger_key)
    with engine_writes():
        record, before = _record_for(ledger, record_id, by=by)
        if seen_version is not None and record.version != seen_version:
            raise Refused("这条记录刚才已被修改，请刷新页面，在最新内容上再改。")
        region = _region_of(ledger, record, facts, region_id=region_id, by=by)
        case = RecordCase(ledger=ledger, record=record, region=region, by=by, now=now)
        _check_writer(case, facts)
        case.answers = clean_answers(
            fields_of(ledger, region=region, on=case.today), facts, case=case
        )
        case.confirmed = tuple(sorted(confirmed_in(facts)))
        for guard in ledger.guards:
            if not guard.holds(case):
                sentence = guard.otherwise
                raise Refused(sentence if isinstance(sentence, str) else sentence(case))
        _project(case, is_new=record_id is None)
        _write(case, WRITE, before=before, reason=reason, is_new=record_id is None)
        return record


def void_record(
    ledger_key: str, *, by: Actor, now: datetime, record_id: int, reason: str
) -> Record:
    """Void a record with a reason; it stays in the ledger and is counted nowhere."""
    ledger = _ledger(ledger_key)
    if not reason.strip():
        raise Incomplete("请写明作废理由。", fields={"reason": "请写明作废理由。"})
    with engine_writes():
        record, before = _record_for(ledger, record_id, by=by)
        case = RecordCase(ledger=ledger, record=record, region=record.region, by=by, now=now)
        case.answers = dict(record.facts)
        _check_writer(case, record.facts)
        record.is_void = True
        record.version += 1
        _write(case, VOID, before=before, reason=reason.strip()[:400], is_new=False)
        return record


def records_seen(ledger_key: str, *, by: Actor) -> QuerySet[Record]:
    """Records of a ledger within the actor's reach: who may write it, or oversees the region."""
    ledger = _ledger(ledger_key)
    reach = Q(pk__in=())
    for held in by.held:
        oversees = BY_KEY[held.role].reach is Reach.REGION
        if held.role == "firm" and "firm" in ledger.write_by:
            reach |= Q(site__firm_id=held.unit_id)
        elif oversees or held.role in ledger.write_by:
            reach |= Q(region_id=held.region_id) | Q(region__path__contains=f"/{held.region_id}/")
    found = Record.objects.filter(reach, ledger=ledger.key)
    return found.select_related("region", "site", "unit", "person")


def may_write(ledger_key: str, *, by: Actor) -> bool:
    """Whether the actor holds a role that writes this ledger, anywhere."""
    return bool(set(_ledger(ledger_key).write_by) & by.roles)


def history_of(record: Record) -> list[trail.Line]:
    """Every version of a record, oldest first."""
    rows = Entry.objects.filter(matter_id=record.pk).order_by("seq")
    return [trail.from_bytes(bytes(row.body)) for row in rows]


def fields_of(ledger: Ledger, *, region: Region, on: date) -> tuple[Field, ...]:
    """The ledger's fields here and today, with the options that other ledgers give filled in."""
    return tuple(
        replace(
            asked,
            options_param="",
            options=options_from(
                asked.options_param.removeprefix(FROM_LEDGER), region_path=region.path_ids, on=on
            ),
        )
        if asked.options_param.startswith(FROM_LEDGER)
        else asked
        for asked in ledger.fields
    )


def options_from(ledger_key: str, *, region_path: tuple[int, ...], on: date) -> tuple[Option, ...]:
    """The valid records of an open list as options: key is the record's id, label its title."""
    if not _ledger(ledger_key).is_open_list:
        raise ValueError(f"ledger {ledger_key!r} is not an open list")
    rows = valid_on(on).filter(ledger=ledger_key, region_id__in=region_path).order_by("id")
    return tuple(Option(key=str(row.pk), label=row.title) for row in rows)


def valid_on(on: date) -> QuerySet[Record]:
    """Records that hold on a day: not void, begun, not ended."""
    begun = Q(valid_from=None) | Q(valid_from__lte=on)
    lasting = Q(valid_until=None) | Q(valid_until__gte=on)
    return Record.objects.filter(begun, lasting, is_void=False)


def _ledger(key: str) -> Ledger:
    try:
        return catalog().ledger(key)
    except StopIteration:
        raise NotFound from None


def _record_for(
    ledger: Ledger, record_id: int | None, *, by: Actor
) -> tuple[Record, dict[str, Any]]:
    if record_id is None:
        return Record(id=new_id(), ledger=ledger.key, version=0), {}
    seen = records_seen(ledger.key, by=by).filter(pk=record_id)
    if not seen.exists():
        raise NotFound
    record = Record.objects.select_for_update().get(pk=record_id)
    if record.is_void:
        raise Refused("这条记录已经作废，不能再改；请另登记一条。")
    return record, {"facts": dict(record.facts), **_columns(record)}


def _region_of(
    ledger: Ledger,
    record: Record,
    facts: Mapping[str, Any],
    *,
    region_id: int | None,
    by: Actor,
) -> Region:
    site_id = str(facts.get("site") or "")
    if ledger.subject == "site" and is_id(site_id):
        site = Site.objects.filter(pk=int(site_id)).select_related("region").first()
        if site is not None:
            return site.region
    if record.region_id:
        return record.region
    writing = [held for held in by.held if held.role in ledger.write_by]
    wanted = region_id or (writing[0].region_id if writing else 0)
    region = Region.objects.filter(pk=wanted).first()
    if region is None:
        raise NotYours(f"登记{ledger.label}须由{why_not(ledger.write_by)}办理。")
    return region


def _check_writer(case: RecordCase, facts: Mapping[str, Any]) -> None:
    ledger, by = case.ledger, case.by
    officials = tuple(role for role in ledger.write_by if role != "firm")
    if by.may(officials, unit_id=None, path=case.region.path_ids):
        return
    site_id = str(facts.get("site") or "")
    if "firm" in ledger.write_by and "firm" in by.roles and is_id(site_id):
        if Site.objects.filter(pk=int(site_id), firm_id__in=by.unit_ids).exists():
            return
        raise NotYours("只能登记本企业的记录，请从本企业的煤矿、非煤矿山中选择。")
    raise NotYours(f"登记{ledger.label}须由{why_not(ledger.write_by)}办理。")


def _project(case: RecordCase, *, is_new: bool) -> None:
    record, answers = case.record, case.answers
    kept = {one.key for one in case.ledger.fields if one.keeps and not one.sealed}
    record.facts = {k: v for k, v in answers.items() if k in kept and v is not None}
    record.region = case.region
    for column in ("site", "unit", "person"):
        setattr(record, f"{column}_id", answers.get(column))
    for column in ("valid_from", "valid_until"):
        day = answers.get(column)
        setattr(record, column, date.fromisoformat(str(day)) if day else None)
    record.title = _title(case)[:200]
    record.version = 1 if is_new else record.version + 1


def _title(case: RecordCase) -> str:
    value = case.record.facts.get(case.ledger.title)
    about = {"site": case.record.site, "unit": case.record.unit, "person": case.record.person}
    if case.ledger.title in about:
        return str(about[case.ledger.title] or "")
    asked = next(one for one in case.ledger.fields if one.key == case.ledger.title)
    if asked.kind is Kind.CHOICE:
        options = fields_of(case.ledger, region=case.region, on=case.today)
        here = next(one for one in options if one.key == asked.key)
        return next((one.label for one in here.options if one.key == value), str(value))
    return str(value or case.ledger.label)


def _write(
    case: RecordCase, step: str, *, before: dict[str, Any], reason: str, is_new: bool
) -> None:
    record = case.record
    changes = _changes(case, before=before, reason=reason)
    line = trail.Line(
        matter_id=record.pk,
        seq=record.last_seq + 1,
        happened_at=case.now,
        recorded_at=unsealed(case.now),
        actor_id=case.by.user_id,
        actor=f"{case.by.unit_name} {case.by.name}".strip(),
        acting_for="",
        step=step,
        stage_from="" if is_new else "valid",
        stage_to="void" if record.is_void else "valid",
        basis=",".join(case.ledger.basis),
        changes=changes,
    )
    body = trail.to_bytes(line, previous=bytes(record.head) or trail.GENESIS)
    record.last_seq, record.head = line.seq, trail.digest(body)
    record.save(force_insert=is_new)
    Entry.objects.create(
        matter_id=record.pk,
        seq=line.seq,
        step=step,
        actor_id=line.actor_id,
        happened_at=line.happened_at,
        recorded_at=line.recorded_at,
        hash=record.head,
        body=body,
    )
    Attachment.objects.filter(pk__in=_files_named(case), record=None).update(record=record)


def _files_named(case: RecordCase) -> list[Any]:
    return [
        number
        for one in case.ledger.fields
        if one.kind is Kind.FILES
        for number in case.record.facts.get(one.key) or []
    ]


def _new_files(case: RecordCase) -> list[dict[str, Any]]:
    """Files that become the record's with this writing: what the trail keeps of them."""
    fresh = Attachment.objects.filter(pk__in=_files_named(case), record=None).order_by("pk")
    return [
        {"id": one.pk, "name": one.name, "digest": one.digest, "size": one.size, "mime": one.mime}
        for one in fresh
    ]


def _changes(case: RecordCase, *, before: dict[str, Any], reason: str) -> dict[str, Any]:
    record = case.record
    columns = {
        key: [before.get(key), value]
        for key, value in _columns(record).items()
        if before.get(key) != value
    }
    old = before.get("facts", {})
    keys = sorted({*old, *record.facts})
    facts = {
        k: [old.get(k), record.facts.get(k)] for k in keys if old.get(k) != record.facts.get(k)
    }
    changes: dict[str, Any] = {"ledger": record.ledger, "columns": columns, "facts": facts}
    if files := _new_files(case):
        changes["files"] = files
    if reason:
        changes["reason"] = reason
    if case.confirmed:
        changes["confirmed"] = list(case.confirmed)
    return changes


def _columns(record: Record) -> dict[str, Any]:
    found = {name: getattr(record, name) for name in COLUMNS}
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in found.items()}
