"""Settings with one more folder of templates: `templates` in the data folder."""

from bihuan.config.settings import *  # noqa: F403
from bihuan.config.settings import HOME
from bihuan.config.settings import TEMPLATES as WHOLE

TEMPLATES = [{**WHOLE[0], "DIRS": [*WHOLE[0]["DIRS"], HOME / "templates"]}]  # type: ignore[misc]
