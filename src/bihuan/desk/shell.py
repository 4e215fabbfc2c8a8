"""The staff shell's context: who is signed in, the navigation with counts, keys and phone tabs."""

from functools import lru_cache, partial
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject

from bihuan.accounts.actors import Actor
from bihuan.accounts.requests import actor_from
from bihuan.accounts.roles import ADMINISTRATORS, BY_KEY, WATCHED
from bihuan.database.prepared import prepared
from bihuan.exchange.views import READERS
from bihuan.language.loop import Loop
from bihuan.matters.declarations import catalog
from bihuan.matters.holds import PLACE_BY
from bihuan.matters.inbox import COUNT_CAP
from bihuan.matters.models import Outbox
from bihuan.matters.moment import now
from bihuan.matters.reach import visible
from bihuan.matters.tallies import kept
from bihuan.monitoring.boards import readable
from bihuan.monitoring.declarations import BOARDS
from bihuan.monitoring.screens.bell import NAMED, POLL_S
from bihuan.monitoring.screens.watchers import ANSWERING
from bihuan.ui.words import moment

type Item = dict[str, Any]

KEEPERS = frozenset({*PLACE_BY, "custodian"})

NOTICES_SHOWN_MAX = 99
COUNTY = 3
_ICONS = {"lead": "horn", "transfer": "transfer", "publication": "globe", "reward": "star"}


def shell(request: HttpRequest) -> dict[str, Any]:
    """Give `desk` and `nav` to every page; nothing when nobody is signed in.

    Both are worked out when a page first asks for them, once per request, with three queries
    (the actor, the unread notices, the open matters), so a public page pays nothing.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    kept: dict[str, Any] | None = getattr(request, "desk_shell", None)
    if kept is None:
        whole = SimpleLazyObject(lambda: _shell_of(request))
        kept = {
            "desk": SimpleLazyObject(lambda: whole["desk"]),
            "nav": SimpleLazyObject(lambda: whole["nav"]),
        }
        request.desk_shell = kept  # type: ignore[attr-defined]
    return kept


def working_kinds(by: Actor) -> tuple[Loop, ...]:
    """Loops in which a role of the actor's takes some step, in the order of the catalog."""
    return tuple(
        loop for loop in catalog().loops if any(set(step.by) & by.roles for step in loop.steps)
    )


@lru_cache(maxsize=2000)
def address(name: str, *args: object) -> str:
    """The address of a named page, or "" where this process doesn't serve it."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def open_counts(by: Actor) -> dict[str, tuple[int, int]]:
    """Open and late matters by kind, of the first `COUNT_CAP` in reach; one query."""
    kinds = [loop.key for loop in working_kinds(by)]
    if not kinds:
        return {}
    found = kept(by, "open", partial(_counted, by, kinds))
    return {kind: (found[f"open_{kind}"], found[f"late_{kind}"]) for kind in kinds}


def _counted(by: Actor, kinds: list[str]) -> dict[str, int]:
    at = now()
    asked = {f"open_{kind}": Count("id", filter=Q(kind=kind)) for kind in kinds}
    asked |= {f"late_{kind}": Count("id", filter=Q(kind=kind, late_from__lte=at)) for kind in kinds}
    reached = visible(by).filter(is_open=True, kind__in=kinds).order_by()[:COUNT_CAP]
    return reached.aggregate(**asked)


def count_words(count: int) -> str:
    """A count as it stands beside a label; at the cap it only says that there are more."""
    return f"{count // 10_000}万+" if count >= COUNT_CAP else f"{count:,}"


def _shell_of(request: HttpRequest) -> dict[str, Any]:
    by = actor_from(request)
    counts = open_counts(by)
    nav = _navigation(by, counts)
    mark = (by.held, tuple(counts.items()), _mark_current(nav, path=request.path))
    return {"desk": {**_desk(request, by), "nav_mark": mark}, "nav": nav}


def _desk(request: HttpRequest, by: Actor) -> dict[str, Any]:
    labels = dict.fromkeys(BY_KEY[held.role].label for held in by.held)
    links = (
        ("我的提醒", address("desk:notices"), "bell"),
        ("我的后台任务", address("desk:jobs"), "inbox"),
        ("账号与密码", address("accounts:profile"), "key"),
        ("角色与权限", address("desk:roles"), "people"),
        ("接口令牌", address("tokens:mine"), "keyboard"),
    )
    return {
        "home_url": address("desk:home"),
        "unit": by.unit_name or "未分配单位",
        "search_url": address("desk:search"),
        "query": request.GET.get("q", "") if request.path == address("desk:search") else "",
        "notices_url": address("desk:notices"),
        "notices_count": _unread_words(len(_unread(by.user_id))),
        "bell": _bell(by),
        "sign_out_url": address("accounts:sign_out"),
        "person": {
            "name": by.name,
            "role": "、".join(labels) or "尚未授予角色",
            "initial": by.name[:1],
        },
        "links": [{"label": label, "url": url, "icon": icon} for label, url, icon in links if url],
        "tabs": _phone_tabs(request, by),
        "made_at": moment(now()),
    }


def _bell(by: Actor) -> dict[str, Any] | None:
    """Where a page asks which alarms wait, for those who have to answer for them."""
    url = address("monitoring:bell")
    return {"url": url, "poll_s": POLL_S, "named": NAMED} if url and by.roles & ANSWERING else None


@prepared
def _unread(user_id: int) -> QuerySet[Outbox, int]:
    unread = Outbox.objects.filter(user_id=user_id, channel="desk", read_at=None)
    return unread.order_by().values_list("id", flat=True)[: NOTICES_SHOWN_MAX + 1]


def _unread_words(count: int) -> str:
    if count > NOTICES_SHOWN_MAX:
        return f"{NOTICES_SHOWN_MAX}+"
    return str(count) if count else ""


def _navigation(by: Actor, counts: dict[str, tuple[int, int]]) -> list[dict[str, Any]]:
    loops = working_kinds(by)
    groups = (
        ("", [_item("工作台", "home", "desk:home")]),
        ("闭环业务", [_loop_item(loop, counts) for loop in _apart(loops) if not loop.parent]),
        ("监测预警", [*_watched_items(by, loops, counts), *_board_items(by)]),
        ("关联事项", [_loop_item(loop, counts) for loop in _apart(loops) if loop.parent]),
        ("台账", _ledger_items(by)),
        ("报送与分析", [*_report_items(by), *_statistics_items(loops), *_county_items(by)]),
        ("保密", _custody_items(by)),
        ("依据与权限", [*_admin_items(by), _item("角色与权限", "people", "desk:roles")]),
    )
    nav = []
    for label, items in groups:
        served = [item for item in items if item["url"]]
        if served:
            nav.append({"label": label, "items": served})
    _give_keys(nav)
    return nav


def _item(label: str, icon: str, name: str, *args: object) -> Item:
    return {
        "label": label,
        "icon": icon,
        "url": address(name, *args),
        "word": name.rsplit(":", maxsplit=1)[-1],
    }


def _loop_item(loop: Loop, counts: dict[str, tuple[int, int]]) -> Item:
    count, late = counts.get(loop.key, (0, 0))
    icon = _ICONS.get(loop.key.split("_", maxsplit=1)[0], "ledger")
    item = _item(loop.label, icon, "desk:list", loop.key)
    return {**item, "word": loop.key, "count": count_words(count) if count else "", "hot": late > 0}


def _apart(loops: tuple[Loop, ...]) -> list[Loop]:
    return [loop for loop in loops if loop.key not in WATCHED]


def _watched_items(
    by: Actor, loops: tuple[Loop, ...], counts: dict[str, tuple[int, int]]
) -> list[Item]:
    """Early warning: the operator's screen, then its matters; what runs beside them is there."""
    kinds = [loop for loop in loops if loop.key in WATCHED and not loop.parent]
    if not kinds:  # a firm sees what its own mines send, and no matter
        return [_item("煤矿测点", "pulse", "monitoring:mines")] if "firm" in by.roles else []
    screen = {**_item("值守", "pulse", "monitoring:watch"), "word": "alarms"}
    return [screen, *(_loop_item(loop, counts) for loop in kinds)]


def _custody_items(by: Actor) -> list[Item]:
    keepers = by.roles & {"intake", "office", "custodian"}
    readers = by.roles & {"custodian", "audit_admin"}
    return [
        *([_item("我的密钥", "key", "leads:keys")] if keepers else []),
        *([_item("调阅记录", "eye", "leads:readings")] if readers else []),
        *([_item("保管与清理", "lock", "desk:retention")] if by.roles & KEEPERS else []),
    ]


def _county_items(by: Actor) -> list[Item]:
    """What counties report is read above them."""
    is_above = any(held.role in READERS and held.level < COUNTY for held in by.held)
    return [_item("县级报送", "transfer", "exchange:reports")] if is_above else []


def _admin_items(by: Actor) -> list[Item]:
    return [_item("系统管理", "gear", "accounts:admin")] if by.roles & ADMINISTRATORS else []


def _board_items(by: Actor) -> list[Item]:
    """One way to all boards: they are many, and each leads to the ledgers behind it."""
    return [_item("监测台账", "table", "monitoring:boards")] if readable(BOARDS, by=by) else []


def _ledger_items(by: Actor) -> list[Item]:
    behind = {key for board in BOARDS for key in board.ledgers}
    ledgers = [
        ledger
        for ledger in catalog().ledgers
        if set(ledger.write_by) & by.roles and ledger.key not in behind
    ]
    mine = {ledger.key for ledger in ledgers}
    duties = [duty for duty in catalog().duties if duty.proof_ledger in mine]
    watch = [_item("接件值班", "calendar", "desk:watch")] if by.roles & {"intake", "office"} else []
    return [
        *watch,
        *({**_item(w.label, "table", "desk:ledger", w.key), "word": w.key} for w in ledgers),
        *({**_item(w.label, "target", "desk:duty", w.key), "word": w.key} for w in duties),
    ]


def _report_items(by: Actor) -> list[Item]:
    return [
        {**_item(report.label, "table", "reports:report", report.key), "word": report.key}
        for report in catalog().reports
        if set(report.read_by) & by.roles
    ]


def _statistics_items(loops: tuple[Loop, ...]) -> list[Item]:
    return [
        {**_item(f"{loop.label}统计", "chart", "desk:statistics", loop.key), "word": "statistics"}
        for loop in loops
        if not loop.parent
    ]


def _give_keys(nav: list[dict[str, Any]]) -> None:
    """Give each entry the first free letter of its English word, so keys follow declarations."""
    taken: set[str] = set()
    for group in nav:
        for item in group["items"]:
            letter = next(
                (mark for mark in item["word"] if mark.isalpha() and mark not in taken), ""
            )
            taken.add(letter)
            item["key"] = letter


def _mark_current(nav: list[dict[str, Any]], *, path: str) -> tuple[str, ...]:
    """Mark where this page belongs; the addresses that are marked."""
    home = address("desk:home")
    for group in nav:
        for item in group["items"]:
            url = item["url"]
            item["current"] = path == url or (url != home and path.startswith(url))
    return tuple(item["url"] for group in nav for item in group["items"] if item["current"])


def _phone_tabs(request: HttpRequest, by: Actor) -> list[Item]:
    main = [loop for loop in working_kinds(by) if not loop.parent]
    openable = [loop for loop in main if set(loop.open_by) & by.roles]
    tabs = [("工作台", "home", address("desk:home"), False)]
    tabs += [(loop.label, "ledger", address("desk:list", loop.key), False) for loop in main[:1]]
    tabs += [("登记", "plus", address("desk:open", loop.key), True) for loop in openable[:1]]
    tabs += [("提醒", "bell", address("desk:notices"), False), ("菜单", "menu", "#nav", False)]
    return [
        {"label": label, "icon": icon, "url": url, "raised": raised, "current": url == request.path}
        for label, icon, url, raised in tabs
        if url
    ]
