"""Every parameter of a pack is read by something, or is named here as one that only states."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.once
ROOT = Path(__file__).parents[1]
PACKS = sorted((ROOT / "data" / "packs").glob("*.toml"))
MADE_OF_PARTS = ("*.counting", "crew.trial.*")  # the program writes the rest of the key itself
# What a document says and no part of the program asks for yet: shown in the settings, no more.
STATED = {
    "duty.monthly_remind_days", "lead.anonymous_allowed", "lead.channels", "lead.check_days",
    "lead.intake_staff_min", "lead.letter_copies", "lead.letter_number_pattern",
    "lead.letter_sector", "lead.list_period", "lead.lowest_rank_threshold", "lead.publications",
    "lead.reporter_kinds", "lead.result_fields", "lead.review_days", "lead.signer_by_receiver",
    "lead.stage_groups", "lead.transfer_receipt_hours", "lead.transfer_receivers", "risk.levels",
    "risk.points",
}  # fmt: skip


def parameters() -> set[str]:
    """Keys of every pack."""
    return {key for path in PACKS for key in tomllib.loads(path.read_text("utf-8"))["parameters"]}


def written() -> Iterator[str]:
    """Texts of the program, tests apart."""
    for path in (ROOT / "src" / "bihuan").rglob("*.py"):
        if "tests" not in path.parts:
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


def is_made_of_parts(key: str) -> bool:
    patterns = (re.escape(one).replace(r"\*", "[a-z_]+") for one in MADE_OF_PARTS)
    return any(re.fullmatch(pattern, key) for pattern in patterns)


def test_no_parameter_is_there_for_nothing() -> None:
    known = parameters()
    assert len(known) > 100
    unread = {key for key in known - set(written()) if not is_made_of_parts(key)}
    assert unread == STATED & known
    assert known >= STATED
