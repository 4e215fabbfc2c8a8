"""The app that carries the commands of the launcher."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Holds management commands; no models."""

    name = "bihuan.config"
    label = "config"
