"""Tailings ponds: images of two dates beside each other, contacts and warnings (SX-51)."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet

from bihuan.language.clock import SHANGHAI
from bihuan.language.field import Field, Kind
from bihuan.language.loop import Guard
from bihuan.language.words import Finding, Ledger, Watch
from bihuan.matters.models import Record
from bihuan.matters.records import RecordCase, valid_on
from bihuan.monitoring.boards import (
    OFFICIALS,
    Board,
    Cell,
    Chip,
    Head,
    Link,
    Row,
    Scope,
    Shown,
    record_link,
    register_link,
    site_cell,
    site_of,
)
from bihuan.monitoring.equipment.pond_files import SYSTEMS
from bihuan.monitoring.equipment.tables import PondNotice
from bihuan.monitoring.equipment.wording import moment_words
from bihuan.places.models import Site

IMAGE: Final = "pond_image"
CHANGE: Final = "pond_change"
IDENTITY: Final = "pond_identity"
_WRITERS = ("office", "inspector", "watch")
_POND = Field(key="site", label="尾矿库", kind=Kind.SITE, required=True)
_NAMED: Final = 3
UNMATCHED_MAX = 1_000  # nobody reads a larger number than that


def site_is_pond(case: RecordCase) -> bool:
    """Whether the site named is a tailings pond."""
    return Site.objects.filter(pk=case.answers.get("site") or 0, kind=Site.Kind.POND).exists()


def both_days_have_images(case: RecordCase) -> bool:
    """A change is told between two images that are there."""
    days = {str(case.answers.get("before_on")), str(case.answers.get("after_on"))}
    rows = valid_on(case.today).filter(ledger=IMAGE, site_id=case.answers.get("site") or 0)
    held = {facts.get("taken_on") for facts in rows.values_list("facts", flat=True)}
    return len(days) == len({"before", "after"}) and days <= held


A_POND = Guard(holds=site_is_pond, otherwise="这里只登记尾矿库，请另选。")
IMAGES = Ledger(
    key=IMAGE,
    label="尾矿库遥感影像",
    title="source",
    subject="site",
    write_by=_WRITERS,
    fields=(
        _POND,
        Field(key="taken_on", label="影像日期", kind=Kind.DAY, required=True),
        Field(key="source", label="来源", required=True, max_length=80),
        Field(key="finding", label="判读结果", kind=Kind.LONG_TEXT, max_length=500),
        Field(key="image", label="影像", kind=Kind.FILES),
    ),
    guards=(A_POND,),
    basis=("SX-51-1",),
)
CHANGES = Ledger(
    key=CHANGE,
    label="尾矿库影像变化",
    title="change",
    subject="site",
    write_by=_WRITERS,
    fields=(
        _POND,
        Field(key="before_on", label="前期影像日期", kind=Kind.DAY, required=True),
        Field(key="after_on", label="后期影像日期", kind=Kind.DAY, required=True),
        Field(key="change", label="变化", required=True, max_length=120, personal=True),
    ),
    guards=(
        A_POND,
        Guard(
            holds=both_days_have_images,
            otherwise="前后两期影像都要先登记，日期要与登记的一致且不同。",
            basis=("SX-51-1",),
        ),
    ),
    basis=("SX-51-1",),
)
IDENTITIES = Ledger(
    key=IDENTITY,
    label="尾矿库编号对应",
    title="pond_id",
    subject="site",
    write_by=_WRITERS,
    fields=(
        _POND,
        Field(key="pond_id", label="尾矿库编号", required=True, max_length=40),
    ),
    guards=(A_POND,),
    basis=("SX-51-2",),
)


def look_at_images(scope: Scope) -> Shown:
    """Every pond with its two newest images and the change between them."""
    images: dict[int, list[Record]] = defaultdict(list)
    for record in scope.records(IMAGE):
        images[record.site_id or 0].append(record)
    changes = {record.site_id: record for record in scope.records(CHANGE)}
    rows = []
    for site in scope.sites(Site.Kind.POND):
        two = sorted(images[site.pk], key=_taken_on, reverse=True)[:2]
        change = changes.get(site.pk)
        state = Chip("有影像", "done") if two else Chip("无遥感", "todo")
        cells: dict[str, Cell] = {
            "site": site_cell(site),
            "state": Chip("有变化", "doing") if change else state,
            "after": _image_cell(two[0]) if two else None,
            "before": _image_cell(two[1]) if len(two) > 1 else None,
            "change": record_link(change, sub=_days(change)) if change else None,
        }
        add = register_link(IMAGE, "登记影像", site=site.pk)
        actions = [add]
        if len(two) > 1:
            newer, older = (_taken_on(one) for one in two)
            actions.append(
                register_link(CHANGE, "登记变化", site=site.pk, before_on=older, after_on=newer)
            )
        rows.append(Row(id=site.pk, name=site.name, cells=cells, actions=tuple(actions)))
    return Shown(rows=rows)


def _taken_on(record: Record) -> str:
    return str(record.facts.get("taken_on"))


def _image_cell(record: Record) -> Link:
    sub = " ".join(str(record.facts[key]) for key in ("source", "finding") if record.facts.get(key))
    return record_link(record, text=_taken_on(record), sub=sub)


def _days(change: Record) -> str:
    return f"{change.facts['before_on']} 对比 {change.facts['after_on']}"


def look_at_ponds(scope: Scope) -> Shown:
    """Every pond with contacts, warnings and remote sensing together."""
    ids = {str(one.facts["pond_id"]): one.site_id for one in scope.records(IDENTITY)}
    told: dict[tuple[int | None, str], list[PondNotice]] = defaultdict(list)
    for notice in _notices(scope).filter(pond_id__in=ids).order_by("-happened_on", "-id"):
        told[ids[notice.pond_id], notice.kind].append(notice)
    images: dict[int | None, Record] = {}
    for record in sorted(scope.records(IMAGE), key=_taken_on):
        images[record.site_id] = record
    of_site = {site_id: pond_id for pond_id, site_id in ids.items()}
    rows = []
    for site in scope.sites(Site.Kind.POND):
        image = images.get(site.pk)
        cells: dict[str, Cell] = {
            "site": site_cell(site),
            "pond_id": of_site.get(site.pk, "未对应"),
            "contacts": _told(told[site.pk, "contact"]) or "无",
            "warnings": _told(told[site.pk, "warning"]) or "无",
            "image": _image_cell(image) if image else Link("无遥感"),
        }
        rows.append(Row(id=site.pk, name=site.name, cells=cells))
    lost = len(_unmatched(scope).values_list("pk", flat=True)[:UNMATCHED_MAX])
    notes = [f"还有 {lost} 条导入内容没有对应到尾矿库，见“待对应的尾矿库”。"] if lost else []
    return Shown(rows=rows, notes=notes)


def _told(notices: list[PondNotice]) -> Link | None:
    if not notices:
        return None
    text = "；".join(notice.text for notice in notices[:_NAMED])
    newest = max(notices, key=_updated_at)
    count = f"共 {len(notices)} 条，" if len(notices) > _NAMED else ""
    source = SYSTEMS.get(newest.system, newest.system)
    return Link(text, "", f"{count}{source}，{moment_words(newest.updated_at)}")


def _updated_at(notice: PondNotice) -> datetime:
    return notice.updated_at


def _unmatched(scope: Scope) -> QuerySet[PondNotice]:
    return _notices(scope).exclude(pond_id__in=valid_pond_ids())


def _notices(scope: Scope) -> QuerySet[PondNotice]:
    """Lines of the regions held: those that are matched to nobody are nobody else's business."""
    here = Q(pk__in=())
    for held in scope.by.held:
        if held.role in OFFICIALS:
            here |= Q(region__path__contains=f"/{held.region_id}/")
    return PondNotice.objects.filter(here)


def valid_pond_ids() -> list[str]:
    """Ids that are matched to a pond, anywhere."""
    rows = Record.objects.filter(ledger=IDENTITY, is_void=False).order_by("id")
    return [str(facts["pond_id"]) for facts in rows.values_list("facts", flat=True)]


def look_at_unmatched(scope: Scope) -> Shown:
    """Lines of imports whose pond id nobody knows; whose they are is told by a person."""
    found: dict[tuple[str, str], list[PondNotice]] = defaultdict(list)
    for notice in _unmatched(scope).order_by("pond_id", "id"):
        found[notice.system, notice.pond_id].append(notice)
    rows = [
        Row(
            id=f"{system}-{pond_id}",
            name=pond_id,
            cells={
                "pond_id": Link(pond_id),
                "system": SYSTEMS.get(system, system),
                "count": len(notices),
                "text": "；".join(one.text for one in notices[:_NAMED]),
                "source": notices[-1].source,
                "updated": moment_words(notices[-1].updated_at),
            },
            actions=(register_link(IDENTITY, "对应", pond_id=pond_id),),
        )
        for (system, pond_id), notices in found.items()
    ]
    return Shown(rows=rows)


def look_for_changes(*, now: datetime) -> Iterator[Finding]:
    """Changes that a person saw between two images: the pond is to be checked (SX-51-1)."""
    today = now.astimezone(SHANGHAI).date()
    rows = valid_on(today).filter(ledger=CHANGE, site__isnull=False).order_by("id")
    for record in rows.select_related("site"):
        yield Finding(
            site=site_of(record).pk,
            key=f"pond:{record.pk}",
            label=f"尾矿库影像有变化：{record.title}",
            text=f"{_days(record)}：{record.title}。请到现场核查。",
            figures=(
                ("前期影像", str(record.facts["before_on"])),
                ("后期影像", str(record.facts["after_on"])),
            ),
        )


WATCH = Watch(
    key="pond_changed",
    label="尾矿库遥感影像对比",
    look=look_for_changes,
    decide_by=("watch", "office", "head", "leader"),
    opens=("site_check",),
    basis=("SX-51-1",),
)
IMAGE_BOARD = Board(
    key="pond-images",
    label="尾矿库遥感影像对比",
    heads=(
        Head(key="site", label="尾矿库", kind="title"),
        Head(key="state", label="情况", kind="chip"),
        Head(key="before", label="前期影像", kind="link"),
        Head(key="after", label="最近影像", kind="link"),
        Head(key="change", label="变化", kind="link"),
    ),
    look=look_at_images,
    state="state",
    ledgers=(IMAGE, CHANGE),
    empty="辖区内没有尾矿库",
    basis=("SX-51-1",),
)
POND_BOARD = Board(
    key="ponds",
    label="尾矿库责任人、预警和遥感",
    heads=(
        Head(key="site", label="尾矿库", kind="title"),
        Head(key="pond_id", label="编号"),
        Head(key="contacts", label="包保责任人", kind="two"),
        Head(key="warnings", label="风险预警", kind="two"),
        Head(key="image", label="遥感影像", kind="link"),
    ),
    look=look_at_ponds,
    ledgers=(IDENTITY,),
    empty="辖区内没有尾矿库",
    basis=("SX-51-2",),
)
UNMATCHED_BOARD = Board(
    key="ponds-unmatched",
    of_sites=False,
    label="待对应的尾矿库",
    heads=(
        Head(key="pond_id", label="尾矿库编号", kind="title"),
        Head(key="system", label="来源系统"),
        Head(key="count", label="条数", kind="number"),
        Head(key="text", label="内容"),
        Head(key="source", label="文件"),
        Head(key="updated", label="更新时刻", kind="date"),
    ),
    look=look_at_unmatched,
    ledgers=(IDENTITY,),
    read_by=OFFICIALS,
    empty="导入的内容都已对应",
    basis=("SX-51-2",),
)
