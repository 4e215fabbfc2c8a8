"""The catalog, loaded once by its settings path: the one dynamic import of the project."""

from functools import lru_cache

from django.conf import settings
from django.utils.module_loading import import_string

from bihuan.language.catalog import Catalog


@lru_cache(maxsize=1)
def catalog() -> Catalog:
    """Every declaration of the product."""
    loaded = import_string(settings.BIHUAN_CATALOG)
    if not isinstance(loaded, Catalog):
        raise TypeError(f"{settings.BIHUAN_CATALOG!r} is not a Catalog")
    return loaded
