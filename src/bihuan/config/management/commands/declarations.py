"""`bihuan check`: prove that the declarations agree with themselves, packs and clauses."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bihuan.config.inspection import faults


class Command(BaseCommand):
    """Print every fault; exit 1 when there is one."""

    help = "检查声明：环节、动作、角色、参数、条款是否自相符合"
    requires_system_checks = "__all__"

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Run the checks."""
        found = faults()
        if found:
            raise CommandError("\n".join(found), returncode=1)
        self.stderr.write("声明相符。")
