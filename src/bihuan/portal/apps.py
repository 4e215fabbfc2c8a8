"""App configuration of portal."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Public pages: tip-off form, receipt look-up, published results."""

    name = "bihuan.portal"
    label = "portal"
