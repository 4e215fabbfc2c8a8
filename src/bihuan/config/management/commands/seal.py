"""`bihuan seal`: seal every finished day that isn't sealed yet."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from bihuan.matters.models import Seal
from bihuan.matters.moment import now
from bihuan.matters.seals import last_over, seal_until


class Command(BaseCommand):
    """Seal up to yesterday."""

    help = "日封到昨日；--export 另存一份供外部保管"

    def add_arguments(self, parser: CommandParser) -> None:
        """`--export` writes day and hash of every seal."""
        parser.add_argument("--export", type=Path, help="把每日封存的校验码写到这个文件")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Seal and export."""
        moment = now()
        days = seal_until(last_over(moment), now=moment)
        if options["export"]:
            rows = [
                {"day": seal.day.isoformat(), "hash": bytes(seal.hash).hex()}
                for seal in Seal.objects.order_by("day")
            ]
            options["export"].write_text(json.dumps(rows, indent=1), "utf-8")
        self.stderr.write(f"新封 {len(days)} 日。")
