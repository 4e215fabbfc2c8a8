"""App configuration of exchange."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """Signed packages between two deployments."""

    name = "bihuan.exchange"
    label = "exchange"
