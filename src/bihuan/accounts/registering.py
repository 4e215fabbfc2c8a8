"""What the system administrator keeps about places: regions, units, sites, posts, appointments."""

from datetime import date, datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Q

from bihuan.accounts import audit
from bihuan.accounts.models import User
from bihuan.accounts.refusals import Refusal
from bihuan.places.mines import is_mine_code
from bihuan.places.models import Appointment, Person, Post, Region, Site, Unit

CODE_LENGTHS = {1: 6, 2: 6, 3: 6, 4: 9}  # GB/T 2260, and GB/T 10114 for townships


@transaction.atomic
def save_region(
    region: Region | None,
    *,
    parent: Region | None,
    code: str,
    name: str,
    by: User,
    now: datetime,
    valid_until: date | None = None,
) -> Region:
    """Add a region below another, or rename and end one; its place in the tree is permanent."""
    if region is None:
        if parent is None or parent.level >= Region.Level.TOWNSHIP:
            raise Refusal("乡镇以下不再设行政区。", fields={"parent": "请选择省、市或县。"})
        region = Region(parent=parent, level=parent.level + 1, path="")
    before = _words(region, ("code", "name", "valid_until"))
    if len(code) != CODE_LENGTHS[region.level] or not code.isdigit():
        digits = CODE_LENGTHS[region.level]
        raise Refusal("区划代码不对。", fields={"code": f"请填写{digits}位数字的区划代码。"})
    twins = Region.objects.filter(code=code, valid_until__isnull=True).exclude(pk=region.pk)
    if twins.exists():
        raise Refusal("区划代码重复。", fields={"code": "这个代码已有行政区在用，请核对。"})
    region.code, region.name, region.valid_until = code, name, valid_until
    region.save()
    if not region.path:
        region.path = f"{region.parent.path if region.parent else '/'}{region.pk}/"
        region.save(update_fields=("path",))
    after = _words(region, ("code", "name", "valid_until"))
    audit.record("region", subject=name, by=by, now=now, region=region, before=before, after=after)
    return region


@transaction.atomic
def save_unit(unit: Unit | None, *, by: User, now: datetime, **values: Any) -> Unit:
    """Add or change a unit."""
    twins = Unit.objects.filter(region=values["region"], name=values["name"])
    if twins.exclude(pk=unit.pk if unit else 0).exists():
        raise Refusal("单位重复。", fields={"name": "本行政区已有同名单位，请核对。"})
    return _save("unit", unit or Unit(), values, by=by, now=now, region=values["region"])


@transaction.atomic
def save_site(site: Site | None, *, by: User, now: datetime, **values: Any) -> Site:
    """Add or change a supervised site."""
    twins = Site.objects.filter(region=values["region"], name=values["name"])
    if twins.exclude(pk=site.pk if site else 0).exists():
        raise Refusal("监管对象重复。", fields={"name": "本行政区已有同名的，请核对。"})
    _check_mine_code(values.get("code", ""), site)
    opened, closed = values.get("opened_on"), values.get("closed_on")
    if opened and closed and closed < opened:
        raise Refusal("日期不对。", fields={"closed_on": f"关闭日期不能早于建档日期{opened}。"})
    return _save("site", site or Site(), values, by=by, now=now, region=values["region"])


def _check_mine_code(code: str, site: Site | None) -> None:
    if code and not is_mine_code(code):
        raise Refusal("煤矿编码不对。", fields={"code": "请填写12位数字的煤矿编码。"})
    if code and Site.objects.filter(code=code).exclude(pk=site.pk if site else 0).exists():
        raise Refusal("煤矿编码重复。", fields={"code": "这个编码已登记给另一座矿，请核对。"})


@transaction.atomic
def save_post(post: Post | None, *, by: User, now: datetime, **values: Any) -> Post:
    """Add or change a post of a unit."""
    return _save("post", post or Post(), values, by=by, now=now, region=values["unit"].region)


@transaction.atomic
def save_person(
    person: Person | None, *, name: str, work_phone: str, by: User | str, now: datetime
) -> Person:
    """Add or rename a person; what is written in trails keeps the name of its day."""
    values = {"name": name, "work_phone": work_phone}
    return _save("person", person or Person(), values, by=by, now=now, region=None)


@transaction.atomic
def appoint(
    person: Person,
    *,
    post: Post,
    from_on: date,
    until_on: date | None,
    is_acting: bool,
    paper: str,
    by: User,
    now: datetime,
) -> Appointment:
    """Put a person into a post; an acting one needs the paper and a last day."""
    fields = {}
    if until_on and until_on < from_on:
        fields["until_on"] = f"止日不能早于起日（{from_on}）。"
    if is_acting and not paper.strip():
        fields["paper"] = "代理岗位须写明依据文件的名称和文号。"
    if is_acting and until_on is None:
        fields["until_on"] = "代理岗位须有止日。"
    same = Appointment.objects.filter(post=post, person=person)
    same = same.filter(Q(until_on__isnull=True) | Q(until_on__gte=from_on))
    if (same.filter(from_on__lte=until_on) if until_on else same).exists():
        fields["from_on"] = "此人在这段时间已任此岗位，请核对日期。"
    if fields:
        raise Refusal("任职还缺内容，请改正后再保存。", fields=fields)
    values = {
        "person": person,
        "post": post,
        "from_on": from_on,
        "until_on": until_on,
        "is_acting": is_acting,
        "paper": paper.strip(),
    }
    region = post.unit.region
    return _save("appointment", Appointment(), values, by=by, now=now, region=region)


@transaction.atomic
def end_appointment(
    appointment: Appointment, *, until_on: date, by: User, now: datetime
) -> Appointment:
    """Name the last day of an appointment."""
    if until_on < appointment.from_on:
        sentence = f"止日不能早于起日（{appointment.from_on}）。"
        raise Refusal("日期不对。", fields={"until_on": sentence})
    region = appointment.post.unit.region
    return _save("appointment", appointment, {"until_on": until_on}, by=by, now=now, region=region)


def _save[M: models.Model](
    action: str,
    row: M,
    values: dict[str, Any],
    *,
    by: User | str,
    now: datetime,
    region: Region | None,
) -> M:
    before = _words(row, values) if row.pk else {}
    for key, value in values.items():
        setattr(row, key, value)
    row.save()
    after = _words(row, values)
    changed = {key for key in after if after[key] != before.get(key)}
    audit.record(
        action,
        subject=str(row),
        by=by,
        now=now,
        region=region,
        before={key: before[key] for key in changed if key in before},
        after={key: after[key] for key in changed},
    )
    return row


def _words(row: models.Model, keys: Any) -> dict[str, object]:
    """The named fields as words, under their Chinese names; relations by their text."""
    found: dict[str, object] = {}
    for key in keys:
        field = row._meta.get_field(key)
        value = getattr(row, key, None) if field.is_relation is False or row.pk else None
        found[str(getattr(field, "verbose_name", key))] = None if value is None else str(value)
    return found


@transaction.atomic
def appoint_somebody(typed: dict[str, Any], *, by: User, now: datetime) -> Appointment:
    """Appoint a person already known, or a new one of the given name."""
    values = dict(typed)
    person, name = values.pop("person"), values.pop("name")
    if bool(person) == bool(name):
        sentence = "请选择已登记的人员，或填写新人员的姓名，两者填一个。"
        raise Refusal("任职还缺内容，请改正后再保存。", fields={"name": sentence})
    if person is None:
        person = save_person(None, name=name, work_phone="", by=by, now=now)
    return appoint(person, by=by, now=now, **values)
