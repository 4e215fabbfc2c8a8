"""`bihuan tick`: one round of the clock."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from bihuan.config.following import catch_up
from bihuan.language.clock import SHANGHAI
from bihuan.matters.disposing import find_due, remove_destroyed
from bihuan.matters.moment import now
from bihuan.matters.site_proposals import look_around
from bihuan.matters.ticking import tick


class Command(BaseCommand):
    """Let every due rung act."""

    help = "时钟巡检一次：到期的提醒、催办、建议都会产生"

    def add_arguments(self, parser: CommandParser) -> None:
        """`--as-of` stands elsewhere; ahead of the wall clock only in demo and test."""
        parser.add_argument("--as-of", help="北京时间，如 2026-03-09T00:00；将来的限演示和测试")
        parser.add_argument("--quiet", action="store_true", help="补历史：不发提醒")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run the round and say what it did."""
        moment = _moment(options["as_of"]) if options["as_of"] else now()
        if moment > now() and settings.MODE not in ("demo", "test"):
            raise CommandError("只有演示和测试部署可以把时钟拨到将来。", returncode=2)
        if not options["quiet"]:
            catch_up(now=moment)
        done = tick(now=moment, quiet=options["quiet"])
        proposed = 0 if options["quiet"] else look_around(now=moment)
        due = find_due(now=moment)
        remove_destroyed(now=moment)
        words = f"巡检 {done.matters} 件，催办 {done.rungs} 级"
        words += f"，提出研判建议 {proposed} 条" if proposed else ""
        self.stderr.write(f"{words}，提出到期清理 {due} 项。\n" if due else f"{words}。\n")


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"“{text}”不是时刻，例如 2026-03-09T00:00。", returncode=2) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
