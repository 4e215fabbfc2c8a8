"""`bihuan status`: how the deployment is; exit 1 when an alarm stands."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from bihuan.config.condition import condition_of
from bihuan.config.status_page import facts_of
from bihuan.matters import channels
from bihuan.matters.moment import now
from bihuan.matters.robots import LABELS, say
from bihuan.matters.undelivered import reason_of

TRIAL = "矿安闭环试发：看到这一条，说明群机器人已接通。"


class Command(BaseCommand):
    """Print the figures, fail with the alarms."""

    help = "运行状况：时钟、发件、数据库、对时；有报警时返回 1"
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own shape

    def add_arguments(self, parser: CommandParser) -> None:
        """`--try-channels` speaks to every robot first."""
        parser.add_argument(
            "--try-channels", action="store_true", help="先向每个设好的群机器人试发一条"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Look once."""
        if options["try_channels"]:
            self._try_channels()
        found = condition_of(now())
        for label, value in facts_of(found):
            self.stdout.write(f"{label}  {value}")
        if found.alarms:
            raise CommandError("\n".join(found.alarms.values()), returncode=1)

    def _try_channels(self) -> None:
        """What a robot answers is kept as any other delivery is, so the figures below tell it."""
        if not settings.ROBOTS:
            self.stdout.write("没有设群机器人。")
        for channel, robot in settings.ROBOTS.items():
            try:
                say(robot, TRIAL)
            except OSError as error:
                reason = reason_of(error)
                channels.note(channel, now=now(), reason=reason)
                self.stdout.write(f"{LABELS[channel]}  试发未成：{reason}")
            else:
                channels.note(channel, now=now())
                self.stdout.write(f"{LABELS[channel]}  试发已被收下")
