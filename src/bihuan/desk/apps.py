"""App configuration of desk."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Staff screens derived from declarations."""

    name = "bihuan.desk"
    label = "desk"

    def ready(self) -> None:
        """Make the desk's kinds of long work known to web and worker."""
        from bihuan.desk.long_exports import EXPORT  # noqa: PLC0415 - its models must be loaded
        from bihuan.desk.long_imports import IMPORT  # noqa: PLC0415 - the same
        from bihuan.desk.long_letters import LETTERS  # noqa: PLC0415 - the same
        from bihuan.jobs.kinds import add_kind  # noqa: PLC0415 - the same

        for kind in (EXPORT, IMPORT, LETTERS):
            add_kind(kind)
