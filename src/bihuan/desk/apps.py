"""App configuration of desk."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Staff screens derived from declarations."""

    name = "bihuan.desk"
    label = "desk"
