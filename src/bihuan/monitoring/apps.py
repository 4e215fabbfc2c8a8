"""App configuration of monitoring."""

from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    """Alarms, warnings, call-outs, and what is found in readings and records."""

    name = "bihuan.monitoring"
    label = "monitoring"
    verbose_name = "监测预警"
