"""App configuration of regulations."""

from django.apps import AppConfig


class RegulationsConfig(AppConfig):
    """Clauses, packs, adoptions, local settings."""

    name = "bihuan.regulations"
    label = "regulations"
    verbose_name = "依据库"
