"""The app that carries the commands of the launcher and puts capabilities together."""

from django.apps import AppConfig

from bihuan.accounts import alarms


class ConfigConfig(AppConfig):
    """Holds management commands; no models."""

    name = "bihuan.config"
    label = "config"

    def ready(self) -> None:
        """Tell what the administrators read, once the apps are there."""
        from bihuan.config.read_logs import add_logs  # noqa: PLC0415 - its models must be loaded
        from bihuan.config.status_page import alarm_sentences  # noqa: PLC0415 - the same

        add_logs()
        alarms.add_source("condition", alarm_sentences)
