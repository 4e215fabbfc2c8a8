"""App configuration of places."""

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    """Regions, units, posts, persons, sites."""

    name = "bihuan.places"
    label = "places"
    verbose_name = "机构与监管对象"
