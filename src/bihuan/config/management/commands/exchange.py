"""`bihuan exchange …`: packages between an outer portal and the desk inside, or county and city."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bihuan.exchange.answers import answers_load
from bihuan.exchange.identity import key_file, own_identity, read_key_file
from bihuan.exchange.mirror_out import matters_load
from bihuan.exchange.models import Package, Peer, Waiting
from bihuan.exchange.peers import inside, peer_named, trust
from bihuan.exchange.sending import Load, write
from bihuan.exchange.taking import Outcome, missing_from, take
from bihuan.exchange.tips_out import NothingNew, tips_load
from bihuan.language.clock import SHANGHAI
from bihuan.matters.moment import now
from bihuan.matters.refusals import Refused

WORDS = {
    "items": "写入举报、补充、领取申请 {} 件",
    "tip": "新举报 {} 件",
    "addition": "补充 {} 件",
    "claim": "领取申请 {} 件",
    "refused": "对不上查询码、没有收的 {} 件",
    "receipts": "查询码 {} 个",
    "snapshots": "公开内容 {} 条",
    "forgotten": "内网已收、本机已删 {} 件",
    "older": "比已收的旧，没有改动",
    "matters": "事项 {} 件",
    "entries": "留痕 {} 条",
    "seals": "日封 {} 个",
    "faults": "对方累计有 {} 处校验不符，请看“县级报送”",
}


class Command(BaseCommand):
    """Show one's key, register another's, write and take packages, say how things stand."""

    help = "与另一套系统交换：内外网之间、县报市；登记对方密钥、写包、收包、查看"

    def add_arguments(self, parser: CommandParser) -> None:
        """One verb each."""
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="动作")
        key = verbs.add_parser("key", help="显示本系统的指纹，写出给对方登记的密钥文件")
        key.add_argument("file", type=Path, nargs="?", help="写到这个文件")
        key.add_argument("--name", default="", help="对方看到的名称，如“青石县应急管理局”")
        _trust_options(verbs.add_parser("trust", help="核对指纹后登记对方的密钥文件"))
        export = verbs.add_parser("export", help="写一个交换包")
        export.add_argument("file", type=Path, help="写到这个文件，不覆盖已有的")
        export.add_argument("--to", default="", help="给哪一方（登记了几方时要写名称）")
        export.add_argument("--kind", action="append", help="报上级的事项种类，可写几次，默认 lead")
        export.add_argument("--since", help="报上级时只报这一天起登记的，如 2026-01-01")
        export.add_argument("--again", action="store_true", help="把没有回执的全部再写一次")
        taken = verbs.add_parser("import", help="收一个交换包，同一个包只收一次")
        taken.add_argument("file", type=Path, help="交换包文件")
        verbs.add_parser("status", help="列出登记的各方、收发到第几包、缺哪几包")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do what the verb says; a refusal is exit code 1."""
        acts = {
            "key": self._key,
            "trust": self._trust,
            "export": self._export,
            "import": self._import,
            "status": self._status,
        }
        try:
            acts[options["verb"]](options)
        except NothingNew as nothing:
            self.stderr.write(nothing.sentence)
        except Refused as refusal:
            raise CommandError(refusal.sentence, returncode=1) from refusal

    def _key(self, options: dict[str, Any]) -> None:
        if options["file"]:
            if not options["name"].strip():
                raise CommandError("请用 --name 写明本系统的名称，对方登记时看到。", returncode=2)
            options["file"].write_text(key_file(options["name"].strip()), "utf-8")
        self.stdout.write(own_identity().public.fingerprint)
        self.stderr.write("这是本系统的指纹。请把密钥文件交给对方，并打电话逐位核对指纹。")

    def _trust(self, options: dict[str, Any]) -> None:
        name, public = read_key_file(options["file"])
        peer = trust(
            public,
            name=name,
            role=options["role"],
            fingerprint=options["fingerprint"],
            now=now(),
            region=options["region"],
        )
        self.stderr.write(f"已登记{Peer.Role(peer.role).label}“{peer.name}”。")

    def _export(self, options: dict[str, Any]) -> None:
        peer = peer_named(options["to"])
        package = write(_load(peer, options), options["file"], peer=peer, now=now())
        told = _counted(package.counts)
        self.stderr.write(f"已写出给“{peer.name}”的第 {package.sequence} 包：{told}。")

    def _import(self, options: dict[str, Any]) -> None:
        outcome = take(options["file"], now=now())
        package = outcome.package
        named = f"“{package.peer.name}”的第 {package.sequence} 包"
        if outcome.is_repeated:
            self.stderr.write(f"{named}以前收过，没有重复登记。")
        else:
            self.stderr.write(f"已收{named}：{_counted(package.counts)}。")
        self._warn(outcome)

    def _warn(self, outcome: Outcome) -> None:
        if outcome.missing:
            numbers = "、".join(str(number) for number in outcome.missing)
            self.stderr.write(
                f"“{outcome.package.peer.name}”缺第 {numbers} 包。请找出来补收；"
                "找不到的，请对方用 export --again 再写一个全的。"
            )

    def _status(self, _options: dict[str, Any]) -> None:
        for peer in Peer.objects.filter(retired_at=None).order_by("pk"):
            self.stdout.write(
                f"{Peer.Role(peer.role).label}\t{peer.name}\t{_newest(peer, is_ours=True)}\t"
                f"{_newest(peer, is_ours=False)}\t{_lacking(peer)}"
            )
        if inside() is not None:
            waiting = Waiting.objects.all()
            unpacked = waiting.filter(packed_in=None).count()
            self.stdout.write(f"待内网回执 {waiting.count()} 件，其中未写入包 {unpacked} 件")


def _trust_options(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="对方 exchange key 写出的文件")
    parser.add_argument(
        "--as",
        dest="role",
        required=True,
        choices=[role.value for role in Peer.Role],
        help="对方是：outside 外网公众端，inside 内网工作端，county 下级，city 上级",
    )
    parser.add_argument("--fingerprint", default="", help="电话核对过的 30 位指纹")
    parser.add_argument("--region", default="", help="登记下级时，它的行政区划代码")


def _load(peer: Peer, options: dict[str, Any]) -> Load:
    again = options["again"]
    if peer.role == Peer.Role.INSIDE:
        return tips_load(peer, again=again)
    if peer.role == Peer.Role.OUTSIDE:
        return answers_load(peer, now=now())
    kinds, since = options["kind"] or (), _day(options["since"])
    return matters_load(peer, kinds=kinds, since=since, whole=again)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise CommandError("--since 请写成 2026-01-01 的样子。", returncode=2) from error


def _counted(counts: dict[str, int]) -> str:
    told = [words.format(counts[key]) for key, words in WORDS.items() if counts.get(key)]
    return "，".join(told) or "没有新内容"


def _newest(peer: Peer, *, is_ours: bool) -> str:
    rows = Package.objects.filter(peer=peer, is_ours=is_ours).order_by("-sequence")
    package, way = rows.first(), "写出" if is_ours else "收到"
    if package is None:
        return f"未{way}"
    at = package.done_at.astimezone(SHANGHAI)
    return f"{way}至第 {package.sequence} 包（{at:%Y-%m-%d %H:%M}）"


def _lacking(peer: Peer) -> str:
    missing = missing_from(peer)
    return f"缺第 {'、'.join(map(str, missing))} 包" if missing else "不缺"
