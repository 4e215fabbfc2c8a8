"""What is to be pictured: every page of the demonstration county, with who looks and what he does.

A route that has neither a picture nor a reason here is a finding: a new page states what it shows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from bihuan.accounts.actors import actor_of
from bihuan.accounts.links import issue_link
from bihuan.accounts.logs import all_logs
from bihuan.accounts.models import User
from bihuan.accounts.registers import REGISTERS
from bihuan.accounts.roles import ROLES
from bihuan.config.shot_matters import matter_shots
from bihuan.config.shots import Shot, first_of_role, shot
from bihuan.disclosure.models import Snapshot
from bihuan.language.clock import SHANGHAI
from bihuan.matters.declarations import catalog
from bihuan.matters.identity import to_code
from bihuan.matters.models import Record
from bihuan.monitoring.declarations import BOARDS
from bihuan.places.models import Site
from bihuan.regulations.models import Adoption

POSTED = "只接收表单，结果显示在别的页面"
DOWNLOAD = "下载文件，不是页面"
DATA = "给程序读的数据，不是页面"
NO_PICTURE = {
    **dict.fromkeys(
        (
            "accounts:sign_out", "accounts:change_password", "accounts:end_sessions",
            "accounts:account_link", "accounts:account_state", "accounts:unlock",
            "accounts:forget_phone", "accounts:revoke", "leads:key_lock", "leads:key_make",
            "leads:ask", "leads:key_unlock", "leads:identity_file", "desk:read_notices",
            "desk:drop_view", "desk:cancel_job",
            "desk:attach", "reports:issue", "tokens:make", "tokens:revoke", "portal:receipt_add",
            "portal:receipt_claim", "portal:kept",
        ),
        POSTED,
    ),
    **dict.fromkeys(
        (
            "leads:original_file", "desk:export", "accounts:log_export",
            "desk:statistics_export", "desk:ledger_export", "monitoring:board_export",
            "desk:record_file", "desk:job_result",
            "monitoring:evidence",
            "desk:import_template", "desk:import_errors", "desk:file", "desk:file_view",
            "desk:paper", "reports:export", "portal:published_csv",
        ),
        DOWNLOAD,
    ),
    "accounts:sign_in_enrol": "演示账号不要求动态码",
    "exchange:matter": "演示县没有下级报送",
    "monitoring:burning": "值守页左边的一部分，随值守页一起拍",
    "monitoring:bell": "各页右上角的一部分，随各页一起拍",
    "monitoring:curve": "值守页右边的一部分，随值守页一起拍",
    **dict.fromkeys(("monitoring:mine", "monitoring:point"), "拍图时没有读数"),
    **dict.fromkeys(
        (
            "monitoring:series", "portal:published_rss", "portal:published_json", "live", "ready",
            "metrics", "no_api",
        ),
        DATA,
    ),
}  # fmt: skip
DATA_SPACES = ("api:",)
MISSING = "0000000000000"


@dataclass(frozen=True, kw_only=True)
class Planned:
    """The pictures, and the routes for which nobody said what they show."""

    shots: tuple[Shot, ...]
    unplanned: tuple[str, ...]


def planned() -> Planned:
    """Every picture of this data folder."""
    shots = (*_public(), *_door(), *_own(), *_admin(), *_desk(), *matter_shots(), *_refusals())
    pictured = {shot.route for shot in shots}
    lacking = sorted(
        route
        for route in set(_routes(get_resolver()))
        if route not in pictured | set(NO_PICTURE) and not route.startswith(DATA_SPACES)
    )
    return Planned(shots=shots, unplanned=tuple(lacking))


def _routes(resolver: URLResolver, space: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from _routes(entry, inner)
        elif isinstance(entry, URLPattern):
            yield f"{space}{entry.name}"


def _public() -> Iterator[Shot]:
    yield shot("portal-home", "portal:home")
    yield shot("portal-tip-off", "portal:tip_off")
    yield shot("portal-tip-off-errors", "portal:tip_off", act="send_empty")
    yield shot("portal-receipt", "portal:tip_off", act="file_tip")
    yield shot("portal-privacy", "portal:privacy")
    yield shot("portal-accessibility", "portal:accessibility")
    yield shot("portal-look-up", "portal:receipt")
    yield shot("portal-look-up-wrong", "portal:receipt", act="look_up_wrong")
    yield shot("portal-progress", "portal:receipt", act="look_up")
    yield shot("portal-progress-errors", "portal:receipt", act="add_nothing")
    yield shot("portal-published", "portal:published")
    yield shot("portal-published-none", "portal:published", query="?q=没有这样的内容")
    for kind in Snapshot.objects.order_by().values_list("matter__kind", flat=True).distinct():
        newest = Snapshot.objects.filter(matter__kind=kind).order_by("-id").first()
        if newest is not None:
            name = f"portal-publication-{kind.removeprefix('publication_')}"
            yield shot(name, "portal:publication", newest.pk)


def _door() -> Iterator[Shot]:
    yield shot("sign-in", "accounts:sign_in")
    yield shot("sign-in-errors", "accounts:sign_in", act="sign_in_wrong")
    yield shot("set-password-gone", "accounts:set_password", "x", "y", status=410)
    link = issue_link(User.objects.get(username="intake2"), by="拍图", now=timezone.now())
    yield Shot(name="set-password", route="accounts:set_password", path=link)
    yield shot("first-start-gone", "accounts:first_start", "gone", status=410)


def _own() -> Iterator[Shot]:
    yield shot("own-account", "accounts:profile", by="office")
    yield shot("own-phone", "accounts:enrol", by="office")
    yield shot("own-recovery-codes", "accounts:recovery_codes", by="leader2", act="take_phone")
    yield shot("sign-in-code", "accounts:sign_in_code", act="half_in")
    yield shot("own-tokens", "tokens:mine", by="office")
    yield shot("own-token-made", "tokens:mine", by="office2", act="make_token")


def _admin() -> Iterator[Shot]:
    system, security, audit = (
        first_of_role(role) for role in ("system_admin", "security_admin", "audit_admin")
    )
    handler = User.objects.get(username="coal-handler")
    by = actor_of(User.objects.get(username=system), on=timezone.localdate())
    for role in ("system_admin", "security_admin", "audit_admin"):
        yield shot(f"admin-home-{role}", "accounts:admin", by=first_of_role(role))
    yield shot("admin-accounts", "accounts:accounts", by=system)
    yield shot("admin-account-new", "accounts:new_account", by=system)
    yield shot("admin-account-errors", "accounts:new_account", by=system, act="send_empty")
    yield shot("admin-account", "accounts:account", handler.pk, by=system)
    for key, register in REGISTERS.items():
        yield shot(f"admin-register-{key}", "accounts:register", key, by=system)
        if key != "persons":  # a person comes with an account
            yield shot(f"admin-register-{key}-new", "accounts:new_entry", key, by=system)
        row = register.rows(by).first()
        if row is not None:
            yield shot(f"admin-register-{key}-entry", "accounts:entry", key, row.pk, by=system)
    yield shot("admin-security", "accounts:security", by=security)
    yield shot("admin-grants", "accounts:grants", handler.pk, by=security)
    yield shot("admin-hand-over", "accounts:hand_over", handler.pk, by=security)
    yield shot("admin-sign-ins", "accounts:sign_ins", by=audit)
    yield shot("admin-changes", "accounts:changes", by=audit)
    yield shot("admin-logs", "accounts:logs", by=audit)
    yield shot("admin-log-none", "accounts:log", "none", by=audit, status=404)
    for log in all_logs():
        yield shot(f"admin-log-{log.key}", "accounts:log", log.key, by=audit)
    yield shot("admin-status", "status", by=system)
    yield shot("admin-values", "regulations:values", by=system)
    yield shot("admin-value", "regulations:value", "lead.feedback_days", by=system)
    yield shot("admin-pack-adopt", "regulations:adopt", by=system)
    adoption = Adoption.objects.order_by("id").first()
    if adoption is not None:
        yield shot("admin-pack-end", "regulations:end", adoption.pk, by=system)


def _desk() -> Iterator[Shot]:
    for role in ROLES:
        yield shot(f"home-{role.key}", "desk:home", by=first_of_role(role.key))
    for account in ("office", "coal-handler", "leader", "publisher"):
        yield shot(f"inbox-{account}", "desk:inbox", by=account)
    yield from _lists()
    yield from _ledgers()
    yield shot("search", "desk:search", by="office")
    yield shot("search-found", "desk:search", by="office", query="?q=瓦斯")
    yield shot("search-nothing", "desk:search", by="office", query="?q=没有这样的词语")
    yield shot("statistics", "desk:statistics", "lead", by="leader")
    yield shot("county-reports", "exchange:reports", by="leader")
    yield shot("views", "desk:views", "lead", by="office")
    yield shot("columns", "desk:columns", "lead", by="office")
    export = ("lead", "xlsx")
    yield shot("job-ask-export", "desk:ask_export", *export, by="office", query="?tab=all")
    yield shot("job-ask-letters", "desk:ask_letters", "lead", "pdf", by="office", query="?tab=all")
    ordered = reverse("desk:ask_export", args=export)
    yield Shot(name="job", route="desk:job", path=ordered, account="office", act="order")
    yield shot("jobs", "desk:jobs", by="office")
    yield shot("notices", "desk:notices", by="office")
    yield shot("roles", "desk:roles", by="office")
    yield shot("watch", "desk:watch", by="intake")
    yield from _monitoring()
    for duty in catalog().duties:
        yield shot(f"duty-{duty.key}", "desk:duty", duty.key, by="office")
    day = timezone.now().astimezone(SHANGHAI).date() - timedelta(days=1)
    for report in catalog().reports:
        yield shot(f"report-{report.key}", "reports:report", report.key, by="office")
        before = f"?on={day.isoformat()}"
        name = f"report-{report.key}-issued"
        yield shot(name, "reports:report", report.key, by="office", query=before, act="issue")
    yield shot("keys", "leads:keys", by="intake")
    yield shot("keys-custodian", "leads:keys", by="custodian")
    yield shot("keys-wrong", "leads:keys", by="intake", act="unlock_wrong")
    yield shot("keys-recovery", "leads:recovery", by="custodian", act="make_recovery", status=0)
    yield shot("readings", "leads:readings", by="custodian")
    yield shot("retention", "desk:retention", by="custodian")


def _monitoring() -> Iterator[Shot]:
    yield shot("boards", "monitoring:boards", by="office")
    mine = Site.objects.filter(kind=Site.Kind.COAL).order_by("id").first()
    if mine is not None:
        yield shot("site", "monitoring:site", mine.pk, by="office")
        yield shot("activity", "monitoring:activity", mine.pk, by="office")
    for board in BOARDS:
        yield shot(f"board-{board.key}", "monitoring:board", board.key, by="office")
    mine = Site.objects.filter(kind=Site.Kind.COAL).exclude(code="").order_by("pk").first()
    if mine is not None:
        yield shot("crew", "monitoring:crew", mine.pk, by="watch")
        yield shot("quality", "monitoring:quality", mine.pk, by="watch")
    yield shot("alarms", "monitoring:watch", by="watch")
    yield shot("alarms-ranking", "monitoring:ranking", by="watch")
    yield shot("link-map", "monitoring:link_map", by="watch")
    yield shot("mines", "monitoring:mines", by="watch")
    yield shot("thresholds", "monitoring:thresholds", by="watch")


def _lists() -> Iterator[Shot]:
    for loop in catalog().loops:
        roles = {role for step in loop.steps for role in step.by}
        by = next((one for one in ("office", "leader", "watch") if one in roles), "leader")
        yield shot(f"list-{loop.key}", "desk:list", loop.key, by=by)
    for tab in ("mine", "late", "closed", "all"):
        yield shot(f"list-lead-{tab}", "desk:list", "lead", by="office", query=f"?tab={tab}")
    narrow = "?tab=all&category=重大事故隐患&sort=-opened"
    yield shot("list-lead-filtered", "desk:list", "lead", by="office", query=narrow)
    nothing = "?q=没有这样的词语"
    yield shot("list-lead-nothing", "desk:list", "lead", by="office", query=nothing)
    yield shot("list-lead-unit", "desk:list", "lead", by="coal-handler")
    yield shot("list-lead-bulk", "desk:bulk", "lead", by="office", act="tick_and_press", status=0)
    yield shot("open-lead", "desk:open", "lead", by="intake")
    yield shot("open-lead-errors", "desk:open", "lead", by="intake", act="send_empty")
    yield shot("import-lead", "desk:import", "lead", by="intake")
    yield shot("import-lead-errors", "desk:import", "lead", by="intake", act="import_wrong")


def _ledgers() -> Iterator[Shot]:
    for ledger in catalog().ledgers:
        key = ledger.key
        yield shot(f"ledger-{key}", "desk:ledger", key, by="office")
        yield shot(f"ledger-{key}-new", "desk:record_new", key, by="office")
        name = f"ledger-{key}-errors"
        yield shot(name, "desk:record_new", key, by="office", act="send_empty")
        record = Record.objects.filter(ledger=key, is_void=False).order_by("-id").first()
        if record is None:
            continue
        code = to_code(record.pk)
        yield shot(f"record-{key}", "desk:record", key, code, by="office")
        yield shot(f"record-{key}-edit", "desk:record_edit", key, code, by="office")
        yield shot(f"record-{key}-void", "desk:record_void", key, code, by="office")


def _refusals() -> Iterator[Shot]:
    yield Shot(name="not-found", route="", path="/no-such-page", status=404)
    yield Shot(
        name="not-found-desk",
        route="",
        path=reverse("desk:matter", args=(MISSING,)),
        account="office",
        status=404,
    )
    yield shot("not-yours", "leads:keys", by="coal-handler", status=403)
    yield shot("not-yours-admin", "accounts:accounts", by="office", status=403)
