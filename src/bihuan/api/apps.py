"""App configuration of api."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The JSON API derived from declarations."""

    name = "bihuan.api"
    label = "api"
