"""`bihuan serve`: desk and portal on one port, worker and clock supervised."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from bihuan.accounts.firststart import is_needed, issue_first_link
from bihuan.config.demo_pace import VARIABLE, speed_of
from bihuan.config.demo_telling import what_will_be_seen
from bihuan.config.demonstration import settle_demonstration, sign_ins
from bihuan.config.https import Https, check_files, https_from
from bihuan.config.inspection import stop_on_faults
from bihuan.config.ports import chosen_port
from bihuan.config.preparing import prepare
from bihuan.config.serving import AlreadyServed, become_supervisor, one_server
from bihuan.config.wrong import WrongSetting
from bihuan.matters.moment import now

ALONE = "只开公众端：不办事项，不催办。内外网分开时，用 ./bihuan exchange 与内网交换。"


class Command(BaseCommand):
    """Prepare the data folder, then serve until stopped."""

    help = "启动服务；--demo 带演示县"
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own shape

    def add_arguments(self, parser: CommandParser) -> None:
        """Where and what to serve."""
        parser.add_argument("--demo", action="store_true", help="演示县，数据另放 var/demo")
        parser.add_argument(
            "--speed",
            metavar="N",
            help="与 --demo 一起用：煤矿过去二十天的数据按几倍速度逐日报来，1440 是每分钟过一天",
        )
        parser.add_argument("--host", default="127.0.0.1", help="监听地址（默认 127.0.0.1）")
        parser.add_argument(
            "--port", type=int, help="端口，被占用就拒绝启动；不写时用 8000 起第一个空闲的"
        )
        parser.add_argument("--certificate", help="证书文件（PEM，含证书链）：由本系统做 TLS")
        parser.add_argument("--key", help="证书的私钥文件（PEM，PKCS#8）")
        parser.add_argument(
            "--inbox", metavar="DIR", help="同时接收监测数据：煤矿的传输程序把文件放在这个目录"
        )
        parser.add_argument("--only", choices=("portal", "desk"), help="只开公众端或只开工作端")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Serve."""
        self.speed = _speed_of(options)
        os.environ["BIHUAN_ONLY"] = options["only"] or ""
        os.environ["BIHUAN_HOME"] = str(settings.HOME)
        os.environ["BIHUAN_MODE"] = settings.MODE
        for name in ("certificate", "key"):
            if options[name]:
                os.environ[f"BIHUAN_{name.upper()}"] = str(Path(options[name]).resolve())
        self._take_readings(options)
        https = https_from(os.environ)
        check_files(https)
        stop_on_faults()
        try:
            with one_server(Path(settings.HOME)):
                self._serve(options, https=https)
        except AlreadyServed as busy:
            raise CommandError(str(busy), returncode=2) from busy

    def _take_readings(self, options: dict[str, Any]) -> None:
        """Where readings come in; the demonstration's county sends its own."""
        if options["only"] == "portal":
            os.environ.pop("BIHUAN_INBOX", None)  # a portal alone has nobody who looks at alarms
            return
        given = options["inbox"] or os.environ.get("BIHUAN_INBOX", "")
        if options["demo"] and not given:
            given = str(Path(settings.HOME) / "inbox")
            os.environ["BIHUAN_LIVING"], os.environ[VARIABLE] = "1", str(self.speed)
        if not given:
            return
        inbox = Path(given).resolve()
        try:
            inbox.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CommandError(f"收件目录“{inbox}”建不了，请换一个目录。", returncode=2) from error
        os.environ["BIHUAN_INBOX"] = str(inbox)

    def _serve(self, options: dict[str, Any], *, https: Https) -> None:
        host, port = options["host"], chosen_port(options["host"], options["port"])
        self._prepare()
        if options["demo"]:
            self.stderr.write("正在装入演示县，首次约需半分钟。")
            self.stderr.write(settle_demonstration(now=now(), at_speed=self.speed > 1))
        shown = f"[{host}]" if ":" in host else host
        address = f"{https.scheme}://{shown}:{port}"
        self._tell(address, only=options["only"], demo=options["demo"])
        connection.close()
        become_supervisor(host=host, port=port)

    def _tell(self, address: str, *, only: str | None, demo: bool) -> None:
        faces = {"portal": f"公众端 {address}/", "desk": f"工作端 {address}/desk/"}
        self.stderr.write(
            "    ".join(words for face, words in faces.items() if only in (None, face))
        )
        if demo:
            self.stderr.write(sign_ins())
            if self.speed > 1:
                self.stderr.write(what_will_be_seen(now=now(), speed=self.speed, address=address))
        elif only == "portal":
            self.stderr.write(ALONE)
        else:
            self.stderr.write(self._first_link(address))

    def _prepare(self) -> None:
        done = prepare(now=now())
        if done.backup:
            self.stderr.write(f"升级前已备份到 {done.backup}。")

    def _first_link(self, address: str) -> str:
        if not is_needed():
            return "已有管理员账号，请登录工作端。"
        return f"首次使用，请打开一次性管理员链接：{address}{issue_first_link(now=now())}"


def _speed_of(options: dict[str, Any]) -> int:
    """How fast the demonstration tells its figures; refused where nobody tells them."""
    if options["speed"] is None:
        return 1
    if not options["demo"]:
        raise WrongSetting("--speed 只能和 --demo 一起用：正式使用的数据由煤矿报来，不能加快。")
    if options["inbox"] or os.environ.get("BIHUAN_INBOX") or options["only"] == "portal":
        raise WrongSetting("--speed 要由演示县自己报数据，不能和 --inbox、--only portal 一起用。")
    return speed_of(options["speed"])
