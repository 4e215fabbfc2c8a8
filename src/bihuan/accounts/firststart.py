"""The first start of an empty deployment: one link, once, to name the three administrators."""

import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from os import O_CREAT, O_TRUNC, O_WRONLY, fdopen
from os import open as open_file
from pathlib import Path
from secrets import token_urlsafe

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from bihuan.accounts import audit
from bihuan.accounts.administering import create_account
from bihuan.accounts.granting import grant
from bihuan.accounts.limits import LIMITS
from bihuan.accounts.links import issue_link
from bihuan.accounts.models import Grant, User
from bihuan.accounts.refusals import Refusal
from bihuan.accounts.roles import ADMINISTRATORS
from bihuan.places.models import Person, Region, Unit

BY = "初次设立"
DUTIES = ("system_admin", "security_admin", "audit_admin")
_LEVELS = ("province", "city", "county")


@dataclass(frozen=True, kw_only=True)
class Newcomer:
    """One of the three: role key, name and account name."""

    role: str
    name: str
    username: str


@dataclass(frozen=True, kw_only=True)
class Opening:
    """What the person at the first link fills in; a city deployment leaves the county empty."""

    code: str
    province: str
    city: str
    county: str
    bureau: str
    newcomers: Sequence[Newcomer]


def is_needed() -> bool:
    """Whether nobody has ever been an administrator here."""
    return not Grant.objects.filter(role__in=ADMINISTRATORS).exists()


def issue_first_link(*, now: datetime) -> str:
    """The address (path) of the first start; a newer link replaces the older one."""
    if not is_needed():
        raise Refusal("已有管理员，不能再用初次设立链接。忘记密码请用 user link 命令。")
    token = token_urlsafe(32)
    kept = {"digest": _digest(token), "until": (now + LIMITS.first_start).isoformat()}
    path = _file()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with fdopen(open_file(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600), "w") as file:
        json.dump(kept, file)
    return reverse("accounts:first_start", args=(token,))


def is_valid(token: str, *, now: datetime) -> bool:
    """Whether the link may still be used: the newest one, in time, and nobody was before."""
    try:
        kept = json.loads(_file().read_text("ascii"))
    except FileNotFoundError:
        return False
    is_same = hmac.compare_digest(kept["digest"], _digest(token))
    return is_same and now < datetime.fromisoformat(kept["until"]) and is_needed()


def open_deployment(opening: Opening, *, token: str, now: datetime) -> list[tuple[User, str]]:
    """Create regions, the bureau and three administrators; returns their links to set passwords.

    The link is spent: its file goes first, so that two who hold it can't both come in.
    """
    _check(opening)
    if not is_valid(token, now=now):
        raise Refusal("链接已用过或过期，请在服务器上重新生成初次设立链接。")
    spent = _file().rename(_file().with_suffix(".spent"))
    try:
        created = _create(opening, now=now)
    except BaseException:
        spent.rename(_file())
        raise
    spent.unlink()
    return created


@transaction.atomic
def _create(opening: Opening, *, now: datetime) -> list[tuple[User, str]]:
    region = _regions(opening)
    bureau = Unit.objects.create(name=opening.bureau, kind=Unit.Kind.BUREAU, region=region)
    audit.record("first_start", subject=bureau.name, by=BY, now=now, region=region)
    created = []
    for newcomer in opening.newcomers:
        person = Person.objects.create(name=newcomer.name)
        user = create_account(newcomer.username, person=person, unit=bureau, by=BY, now=now)
        today = timezone.localdate(now)
        grant(user, role=newcomer.role, unit=bureau, from_on=today, by=BY, reason=BY, now=now)
        created.append((user, issue_link(user, by=BY, now=now)))
    return created


def _check(opening: Opening) -> None:
    fields = {}
    names, accounts = set[str](), set[str]()
    for newcomer in opening.newcomers:
        if newcomer.name in names:
            fields[f"{newcomer.role}_name"] = "三名管理员须是三个人，请另填一人。"
        if newcomer.username.lower() in accounts:
            fields[f"{newcomer.role}_username"] = "账号名不能相同，请另起一个。"
        names.add(newcomer.name)
        accounts.add(newcomer.username.lower())
    if {newcomer.role for newcomer in opening.newcomers} != ADMINISTRATORS:
        raise ValueError("expected one newcomer for each of the three administrators")
    if len(opening.code) != 6 or not opening.code.isdigit():
        fields["code"] = "请填写6位行政区划代码。"
    if fields:
        raise Refusal("还不能设立，请改正后再提交。", fields=fields)


def _regions(opening: Opening) -> Region:
    above: Region | None = None
    digits = {
        "province": opening.code[:2] + "0000",
        "city": opening.code[:4] + "00",
        "county": opening.code,
    }
    for level, key in enumerate(_LEVELS, start=1):
        name = getattr(opening, key)
        if not name:
            break
        row = Region.objects.create(code=digits[key], name=name, level=level, parent=above, path="")
        row.path = f"{above.path if above else '/'}{row.pk}/"
        row.save(update_fields=("path",))
        above = row
    if above is None:
        raise Refusal("请填写省的名称。", fields={"province": "请填写省的名称。"})
    return above


def link_age_words() -> str:
    """How long links stay good, for the pages."""
    return f"{LIMITS.link // timedelta(hours=1)}小时内有效，只能用一次"


def _file() -> Path:
    return Path(settings.HOME) / "secrets" / "first-start.json"


def _digest(token: str) -> str:
    return sha256(token.encode("utf-8")).hexdigest()
