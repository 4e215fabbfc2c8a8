"""The plain Jinja environment that the tests of this package render with."""

import pytest
from jinja2 import Environment
from jinja2.environment import TemplateModule

from bihuan.ui.environment import environment


@pytest.fixture
def env() -> Environment:
    env = environment()
    env.globals["static"] = "/static/{}".format
    return env


@pytest.fixture
def ui(env: Environment) -> TemplateModule:
    return env.get_template("ui/components.html").module
