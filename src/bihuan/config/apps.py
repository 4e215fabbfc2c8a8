"""The app that carries the commands of the launcher and puts capabilities together."""

from django.apps import AppConfig

from bihuan.config.logs import configure_logs


class ConfigConfig(AppConfig):
    """Holds management commands; no models."""

    name = "bihuan.config"
    label = "config"

    def ready(self) -> None:
        """Set up logs once settings and apps are there."""
        configure_logs()
