"""App configuration of disclosure."""

from django.apps import AppConfig


class DisclosureConfig(AppConfig):
    """Published snapshots."""

    name = "bihuan.disclosure"
    label = "disclosure"
    verbose_name = "信息公开"
