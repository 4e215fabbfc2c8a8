"""What `serve --demo` prints is what the walk and the READMEs tell of."""

import re

from django.conf import settings

from bihuan.config.demo_data import demo_data
from bihuan.config.demonstration import sign_ins

DOCS = settings.DATA.parent


def printed() -> list[str]:
    """Accounts in the order of the screen."""
    password = demo_data("people")["password"]
    return [line.split()[1] for line in sign_ins().splitlines() if line.endswith(password)]


def test_the_walk_uses_no_account_that_is_not_printed() -> None:
    walk = (DOCS / "docs" / "walk.md").read_text("utf-8")
    used = set(re.findall(r"`([a-z0-9-]+)`", walk)) & demo_data("people")["people"].keys()
    assert {"intake", "noncoal-receiver"} < used
    assert used <= set(printed())


def test_texts_count_the_accounts_that_are_printed() -> None:
    assert len(set(printed())) == len(printed()) == 18
    for name, words in (
        ("docs/walk.md", "十八个"),
        ("README.md", "十八个演示账号"),
        ("README.en.md", "eighteen accounts"),
    ):
        assert words in (DOCS / name).read_text("utf-8")


def test_second_unit_is_named_on_the_screen() -> None:
    assert "签收人（非煤矿山安全股）  noncoal-receiver" in sign_ins()
