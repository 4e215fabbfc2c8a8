"""The app that carries the commands of the launcher and puts capabilities together."""

from django.apps import AppConfig

from bihuan.accounts import alarms
from bihuan.config.logs import configure_logs


class ConfigConfig(AppConfig):
    """Holds management commands; no models."""

    name = "bihuan.config"
    label = "config"

    def ready(self) -> None:
        """Set up logs once settings and apps are there, and what the administrators read."""
        from bihuan.config.read_logs import add_logs  # noqa: PLC0415 - its models must be loaded
        from bihuan.config.status_page import alarm_sentences  # noqa: PLC0415 - the same

        configure_logs()
        add_logs()
        alarms.add_source("condition", alarm_sentences)
