"""App configuration of leads."""

from django.apps import AppConfig


class LeadsConfig(AppConfig):
    """Tip-offs, leads, rewards."""

    name = "bihuan.leads"
    label = "leads"
    verbose_name = "举报线索"
