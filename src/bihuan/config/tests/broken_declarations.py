"""Settings of a deployment with a fault in its declarations."""

from bihuan.config.settings import *  # noqa: F403 - settings are laid over settings

BIHUAN_CATALOG = "bihuan.config.tests.broken_catalog.BROKEN"
