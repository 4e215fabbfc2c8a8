"""Settings of the bare page: those of the project without what knows people."""

from bihuan.config.settings import *  # noqa: F403

MIDDLEWARE: list[str] = []
ROOT_URLCONF = "bench.bare_view"
