"""`bihuan status`: how the deployment is; exit 1 when an alarm stands."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bihuan.config.condition import condition_of
from bihuan.config.status_page import facts_of
from bihuan.matters.moment import now


class Command(BaseCommand):
    """Print the figures, fail with the alarms."""

    help = "运行状况：时钟、发件、数据库、对时；有报警时返回 1"
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own shape

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Look once."""
        found = condition_of(now())
        for label, value in facts_of(found):
            self.stdout.write(f"{label}  {value}")
        if found.alarms:
            raise CommandError("\n".join(found.alarms.values()), returncode=1)
