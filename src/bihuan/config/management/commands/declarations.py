"""`bihuan check`: declarations agree with themselves, packs and clauses; templates compile."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bihuan.config.inspection import faults, template_faults


class Command(BaseCommand):
    """Print every fault; exit 1 when there is one."""

    help = "检查声明：环节、动作、角色、参数、条款是否自相符合；检查页面模板能否读出"
    requires_system_checks = "__all__"

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Run the checks."""
        found = (*faults(), *template_faults(compiled=True))
        if found:
            raise CommandError("\n".join(found), returncode=1)
        self.stderr.write("声明相符，模板可读。")
