"""A small invented county and its people, used by every test that needs somebody.

青石县: an office, two sections, a department, a township government, mines; and 白水县 next door.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from django.conf import settings

from bihuan.accounts.actors import Actor, actor_of
from bihuan.accounts.models import Grant, User
from bihuan.places.models import Appointment, Person, Post, Region, Site, Unit
from bihuan.regulations.packs import adopt, load_packs, set_value

SINCE = date(2020, 1, 1)
ON = date(2026, 3, 1)
NOW = datetime(2026, 3, 1, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai


@dataclass
class County:
    """One county with its bodies and people; actors are looked up by account name."""

    name: str
    regions: dict[str, Region] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    sites: dict[str, Site] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)

    @property
    def region(self) -> Region:
        """The county's own region."""
        return self.regions["county"]

    def actor(self, account: str, *, on: date = ON) -> Actor:
        """The actor that the account is on a day."""
        return actor_of(self.users[account], on=on)


# account: (person, unit, roles, post function and title)
STAFF = {
    "intake": ("陈接件", "office", ("intake",), None),
    "intake2": ("田接件", "office", ("intake",), None),
    "office": ("陈督办", "office", ("office",), None),
    "office_head": ("石主任", "office", ("office", "head"), ("head", "主任")),
    "leader": ("高局长", "bureau", ("leader",), ("head", "局长")),
    "publisher": ("白公开", "office", ("publisher",), None),
    "cashier": ("钱发放", "bureau", ("cashier",), None),
    "custodian": ("周保管", "bureau", ("custodian",), None),
    "receiver": ("王签收", "coal", ("receiver", "handler"), ("receiver", "签收人")),
    "handler": ("李承办", "coal", ("handler",), ("staff", "科员")),
    "head": ("郑股长", "coal", ("head",), ("head", "股长")),
    "deputy": ("吴副股", "coal", ("handler",), ("deputy", "副股长")),
    "receiver2": ("孙签收", "noncoal", ("receiver", "handler"), ("receiver", "签收人")),
    "head2": ("冯股长", "noncoal", ("head",), ("head", "股长")),
    "department": ("何局长", "natural", ("head", "handler"), ("head", "局长")),
    "department_receiver": ("吕签收", "natural", ("receiver",), ("receiver", "签收人")),
    "town": ("施镇长", "town", ("head", "handler"), ("head", "镇长")),
    "town_receiver": ("张签收", "town", ("receiver",), ("receiver", "签收人")),
    "inspector": ("孔检查", "coal", ("inspector",), None),
    "firm": ("曹企业", "firm", ("firm",), None),
    "watch": ("罗值守", "bureau", ("watch",), None),
    "watch2": ("贺值守", "bureau", ("watch",), None),
    "dispatcher": ("方调度", "firm", ("dispatcher",), ("staff", "调度员")),
    "system": ("严系统", "bureau", ("system_admin",), None),
    "security": ("华安全", "bureau", ("security_admin",), None),
    "audit": ("金审计", "bureau", ("audit_admin",), None),
}
UNITS = {
    "bureau": ("应急管理局", "bureau"),
    "office": ("百日攻坚行动办公室", "office"),
    "coal": ("煤矿安全股", "section"),
    "noncoal": ("非煤矿山安全股", "section"),
    "natural": ("自然资源局", "department"),
    "town": ("南山镇人民政府", "government"),
    "police": ("公安局", "police"),
    "discipline": ("纪委监委", "discipline"),
    "licensing": ("行政审批局", "licensing"),
    "firm": ("青石岭煤业公司", "firm"),
}


def settle_county(
    name: str = "青石县",
    *,
    code: str = "990121",
    now: datetime = NOW,
    adopted_on: date = SINCE,
) -> County:
    """Create a county with packs adopted; call it inside a test that has a database."""
    county = County(name=name)
    _regions(county, code)
    for key, (label, kind) in UNITS.items():
        county.units[key] = Unit.objects.create(
            name=f"{name}{label}",
            kind=kind,
            region=county.regions["south" if key == "town" else "county"],
            parent=county.units.get("bureau") if key in ("office", "coal", "noncoal") else None,
            sector={"coal": "煤", "noncoal": "非煤"}.get(key, "煤"),
        )
    for account, (person, unit, roles, post) in STAFF.items():
        _person(county, account, person, unit, roles, post, prefix=code)
    for key, title, kind, town in (
        ("qingshiling", "青石岭煤矿", "coal", "south"),
        ("xingwang", "兴旺煤矿", "coal", "north"),
        ("baiyun", "白云石料矿", "noncoal", "north"),
    ):
        county.sites[key] = Site.objects.create(
            name=title,
            kind=kind,
            region=county.regions[town],
            firm=county.units["firm"] if key == "qingshiling" else None,
            code=f"{code}000001" if key == "qingshiling" else "",
            opened_on=SINCE,
        )
    load_packs(settings.DATA / "packs", now=now)
    for pack in ("linxian-2022", "anyang-2024-2026", "shanxi-2022"):
        adopt(
            pack,
            region=county.region,
            from_on=adopted_on,
            by=county.users["office_head"],
            reason="测试县采用",
            now=now,
        )
    return county


def _regions(county: County, code: str) -> None:
    above: Region | None = None
    for key, level, title, digits in (
        ("province", 1, "示例省", code[:2] + "0000"),
        ("city", 2, "示例市", code[:4] + "00"),
        ("county", 3, county.name, code),
    ):
        found = Region.objects.filter(code=digits).first()
        above = found or _region(digits, title, level, above)
        county.regions[key] = above
    for key, title, digits in (("south", "南山镇", "101"), ("north", "北川镇", "102")):
        county.regions[key] = _region(code + digits, title, 4, above)


def _region(code: str, name: str, level: int, parent: Region | None) -> Region:
    region = Region.objects.create(code=code, name=name, level=level, parent=parent, path="")
    region.path = f"{parent.path if parent else '/'}{region.pk}/"
    Region.objects.filter(pk=region.pk).update(path=region.path)
    return region


def _person(
    county: County,
    account: str,
    name: str,
    unit_key: str,
    roles: tuple[str, ...],
    post: tuple[str, str] | None,
    *,
    prefix: str,
) -> None:
    person = Person.objects.create(name=name)
    user = User.objects.create(username=f"{prefix}-{account}", person=person, password="!")
    county.users[account] = user
    unit = county.units[unit_key]
    for role in roles:
        Grant.objects.create(user=user, role=role, unit=unit, region=county.region, from_on=SINCE)
    if post:
        function, title = post
        held = Post.objects.create(unit=unit, title=title, function=function)
        Appointment.objects.create(post=held, person=person, from_on=SINCE)


def set_here(county: County, key: str, value: object, *, now: datetime) -> None:
    """A setting of the county, made by who may."""
    set_value(
        key,
        region=county.region,
        value=value,
        reason="按本县规定录入",
        by=county.users["office_head"],
        valid_from=now.date(),
        now=now,
    )
