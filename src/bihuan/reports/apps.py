"""App configuration of reports."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Statutory tables: periods, cut-offs, versions, exports."""

    name = "bihuan.reports"
    label = "reports"
