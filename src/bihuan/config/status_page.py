"""The administrators' page on how the deployment is, and the sentences it shares with `status`."""

from datetime import datetime

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from bihuan.accounts import plain_http
from bihuan.accounts.screens import Facts, Page, bad, entries, for_roles, show
from bihuan.config.condition import Condition, condition_of
from bihuan.config.intake import Intake
from bihuan.matters.channels import Channel
from bihuan.matters.moment import now
from bihuan.ui.words import file_size, moment

CRUMB = {"label": "系统管理", "url": "/desk/admin/"}
_TLS = {
    "nobody": "没有启用，传输不加密",
    "proxy": "由前面的代理做",
    "serve": "由本系统做",
}


@require_safe
@for_roles("system_admin", "security_admin", "audit_admin")
def status_page(request: HttpRequest) -> HttpResponse:
    """Alarms first, then the figures."""
    found = condition_of(now())
    notices = [bad(words) for words in found.alarms.values()]
    notices += plain_http.notices(request, words=plain_http.FOR_ADMINISTRATORS)
    page = Page(
        title="运行状况",
        lead="时钟、发件、数据库和连接是否正常；数字里没有个人信息。",
        parts=[Facts(heading="此刻", entries=entries(facts_of(found)))],
        crumbs=(CRUMB, {"label": "运行状况"}),
        notices=notices,
    )
    return show(request, page)


def facts_of(found: Condition) -> list[tuple[str, object]]:
    """Label and value of each figure."""
    beats = found.beats
    return [
        ("服务器时间", moment(found.at)),
        ("时钟上次巡检", _since(beats.get("clock"))),
        ("后台上一轮", _since(beats.get("worker"))),
        ("最近一条记录", _since(found.newest_at)),
        ("对时", _offset_words(found)),
        ("待发提醒", f"{found.outbox_waiting} 条，发送失败 {found.outbox_failed} 条"),
        *((channel.label, _channel_words(channel)) for channel in found.channels),
        ("待催办", f"{found.rungs_pending} 项"),
        ("数据库", f"{connection.display_name}，{file_size(found.database_bytes)}"),
        ("数据库权限", _rights_words(found)),
        ("磁盘剩余", file_size(found.disk_free_bytes)),
        *_intake_facts(found.intake),
        ("HTTPS", _TLS[settings.HTTPS.by]),
    ]


def _intake_facts(found: Intake | None) -> list[tuple[str, object]]:
    """Nothing where readings were never taken in."""
    if found is None:
        return []
    beat = found.beat
    words = "没有运行过"
    if beat is not None:
        words = beat.failing or "；".join(beat.feeds) or "正常"
    if found.is_stopped:
        words = "已停"
    return [
        ("监测收件", words),
        ("监测最近入账", _ago(found.committed_s)),
        ("监测待入账", f"网页收下 {file_size(found.spool_bytes)}"),
        ("监测读不了", f"{found.set_aside} 个文件"),
        ("监测盘剩余", file_size(found.disk_free_bytes)),
    ]


def _ago(seconds: float | None) -> str:
    if seconds is None:
        return "从未"
    minutes = max(seconds, 0) / 60
    return f"{minutes * 60:.0f} 秒前" if minutes < 2 else f"{minutes:.0f} 分钟前"


def alarm_sentences() -> list[str]:
    """What is wrong now, for the head of the administrators' pages."""
    return list(condition_of(now()).alarms.values())


def _rights_words(found: Condition) -> str:
    if connection.vendor == "sqlite":
        return "SQLite 没有角色，留痕由触发器保护"
    return found.too_mighty or "应用角色对留痕、日封等只能追加"


def _since(at: datetime | None) -> str:
    return moment(at) if at else "从未"


def _channel_words(channel: Channel) -> str:
    if not channel.host:
        return "未设定"
    state = "上次未成" if channel.is_failing else "正常" if channel.sent_at else "还没有发过"
    words = f"{state}，{channel.host}，最近发出 {_since(channel.sent_at)}"
    if channel.failed_at is None:
        return words
    return f"{words}，最近未成 {moment(channel.failed_at)}：{channel.reason}"


def _offset_words(found: Condition) -> str:
    if not settings.TIME_SOURCE:
        return "没有设对时源，只与最近一条记录比"
    if found.offset_s is None:
        return "对时源没有回答" if found.is_source_silent else "还没有问过对时源"
    return f"与对时源相差 {found.offset_s:+.3f} 秒"
