"""App configuration of the engine."""

from django.apps import AppConfig


class MattersConfig(AppConfig):
    """Matters and their engine."""

    name = "bihuan.matters"
    label = "matters"
    verbose_name = "事项"
