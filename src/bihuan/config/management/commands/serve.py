"""`bihuan serve`: desk and portal on one port, worker and clock supervised."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from bihuan.accounts.firststart import is_needed, issue_first_link
from bihuan.config.demonstration import settle_demonstration, sign_ins
from bihuan.config.preparing import prepare
from bihuan.config.serving import AlreadyServed, children, free_port, one_server, supervise
from bihuan.matters.moment import now


class Command(BaseCommand):
    """Prepare the data folder, then serve until stopped."""

    help = "启动服务；--demo 带演示县"
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own shape

    def add_arguments(self, parser: CommandParser) -> None:
        """Where and what to serve."""
        parser.add_argument("--demo", action="store_true", help="演示县，数据另放 var/demo")
        parser.add_argument("--host", default="127.0.0.1", help="监听地址（默认 127.0.0.1）")
        parser.add_argument("--port", type=int, default=8000, help="端口（被占用时顺延）")
        parser.add_argument("--only", choices=("portal", "desk"), help="只开公众端或只开工作端")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Serve."""
        os.environ["BIHUAN_ONLY"] = options["only"] or ""
        os.environ["BIHUAN_HOME"] = str(settings.HOME)
        os.environ["BIHUAN_MODE"] = settings.MODE
        try:
            with one_server(Path(settings.HOME)):
                self._serve(options)
        except AlreadyServed as busy:
            raise CommandError(str(busy), returncode=2) from busy

    def _serve(self, options: dict[str, Any]) -> None:
        prepare(now=now())
        if options["demo"]:
            self.stderr.write("正在装入演示县，首次约需半分钟。")
            self.stderr.write(settle_demonstration(now=now()))
        port = free_port(options["host"], options["port"])
        address = f"http://{options['host']}:{port}"
        self.stderr.write(f"公众端 {address}/    工作端 {address}/desk/")
        self.stderr.write(sign_ins() if options["demo"] else self._first_link(address))
        is_sqlite = connection.vendor == "sqlite"
        connection.close()
        supervise(children(host=options["host"], port=port, is_sqlite=is_sqlite))

    def _first_link(self, address: str) -> str:
        if not is_needed():
            return "已有管理员账号，请登录工作端。"
        return f"首次使用，请打开一次性管理员链接：{address}{issue_first_link(now=now())}"
