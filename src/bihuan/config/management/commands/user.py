"""`bihuan user …`: accounts from the server's own console, for the first day and for the worst."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date

from bihuan.accounts import administering, firststart
from bihuan.accounts.granting import grant
from bihuan.accounts.models import Grant, User
from bihuan.accounts.refusals import Refusal
from bihuan.accounts.roles import BY_KEY
from bihuan.places.models import Unit

BY = "服务器命令"


class Command(BaseCommand):
    """Create accounts, send links, grant, disable, list."""

    help = "建账号、发设密链接、授权、停用、列出账号"

    def add_arguments(self, parser: CommandParser) -> None:
        """One verb each."""
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="动作")
        verbs.add_parser("first", help="空系统：生成一次性的初次设立链接")
        verbs.add_parser("list", help="列出账号、状态和角色")
        create = verbs.add_parser("create", help="建账号并给出设密链接")
        create.add_argument("username", help="账号名")
        create.add_argument("--name", required=True, help="姓名")
        create.add_argument("--unit", required=True, help="所属单位的全名")
        link = verbs.add_parser("link", help="发设密链接，以前的链接和登录作废")
        link.add_argument("username", help="账号名")
        give = verbs.add_parser("grant", help="授予角色")
        give.add_argument("username", help="账号名")
        give.add_argument("role", choices=sorted(BY_KEY), help="角色")
        give.add_argument("--unit", required=True, help="单位的全名")
        give.add_argument("--from", dest="from_on", default="", help="起日，默认今天")
        give.add_argument("--until", dest="until_on", default="", help="止日，默认长期")
        give.add_argument("--reason", required=True, help="原因或依据文件")
        off = verbs.add_parser("disable", help="停用账号")
        off.add_argument("username", help="账号名")
        off.add_argument("--reason", required=True, help="原因")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do what the verb says; a refusal is exit code 1."""
        acts = {
            "first": self._first,
            "list": self._list,
            "create": self._create,
            "link": self._link,
            "grant": self._grant,
            "disable": self._disable,
        }
        try:
            acts[options["verb"]](options)
        except Refusal as refusal:
            sentences = [refusal.sentence, *refusal.fields.values()]
            raise CommandError("".join(dict.fromkeys(sentences)), returncode=1) from refusal

    def _first(self, _options: dict[str, Any]) -> None:
        path = firststart.issue_first_link(now=timezone.now())
        self.stdout.write(path)
        self.stderr.write("请在浏览器打开本系统地址加上这个路径，24小时内有效，只能用一次。")

    def _list(self, _options: dict[str, Any]) -> None:
        users = User.objects.select_related("person").order_by("username")
        held = Grant.objects.order_by("id").values_list("user_id", "role")
        roles: dict[int, list[str]] = {}
        for user_id, role in held:
            roles.setdefault(user_id, []).append(role)
        for user in users:
            state = "启用" if user.is_active else "停用"
            words = "、".join(dict.fromkeys(roles.get(user.pk, []))) or "无角色"
            self.stdout.write(f"{user.username}\t{user.display_name}\t{state}\t{words}")

    def _create(self, options: dict[str, Any]) -> None:
        unit = _unit(options["unit"])
        user = administering.open_account(
            options["username"], name=options["name"], unit=unit, by=BY, now=timezone.now()
        )
        self._send(user)

    def _link(self, options: dict[str, Any]) -> None:
        self._send(_user(options["username"]))

    def _grant(self, options: dict[str, Any]) -> None:
        user, now = _user(options["username"]), timezone.now()
        given = grant(
            user,
            role=options["role"],
            unit=_unit(options["unit"]),
            from_on=_day(options["from_on"]) or timezone.localdate(now),
            until_on=_day(options["until_on"]),
            by=BY,
            reason=options["reason"],
            now=now,
        )
        label = BY_KEY[given.role].label
        self.stderr.write(f"已授予{user.display_name}“{label}”，自{given.from_on}起。")

    def _disable(self, options: dict[str, Any]) -> None:
        user = _user(options["username"])
        reason = options["reason"]
        administering.disable_account(user, by=BY, reason=reason, now=timezone.now())
        self.stderr.write(f"账号{user.username}已停用，其登录立即结束。")

    def _send(self, user: User) -> None:
        self.stdout.write(administering.send_link(user, by=BY, now=timezone.now()))
        self.stderr.write(f"请把上面的设密链接当面交给{user.display_name}，24小时内有效。")


def _user(username: str) -> User:
    user = User.objects.filter(username=username).select_related("person").first()
    if user is None:
        raise Refusal(f"没有账号“{username}”，可用 user list 查看全部账号。")
    return user


def _unit(name: str) -> Unit:
    units = list(Unit.objects.filter(name=name)[:2])
    if len(units) != 1:
        found = "有多个" if units else "没有"
        raise Refusal(f"{found}叫“{name}”的单位，请填写单位全名，或在系统管理中核对。")
    return units[0]


def _day(text: str) -> Any:
    if not text:
        return None
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if found is None:
        raise CommandError(f"日期“{text}”不对，请按2026-03-01的样子填写。", returncode=2)
    return found
