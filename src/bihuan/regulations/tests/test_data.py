"""The packs and clauses that ship: complete, agreeing, and open about what no source says."""

import csv
from pathlib import Path

import pytest

from bihuan.language.pack import Origin, Pack, read_pack
from bihuan.language.parameter import shown
from bihuan.regulations.library import find_clauses, load_clauses
from bihuan.regulations.packs import load_packs

from .conftest import NOW

DATA = Path(__file__).parents[4] / "data"
RISK_POINTS = "ZZ"


@pytest.fixture(scope="module")
def packs() -> dict[str, Pack]:
    return {path.stem: read_pack(path) for path in sorted((DATA / "packs").glob("*.toml"))}


@pytest.fixture(scope="module")
def clause_documents() -> dict[str, str]:
    with (DATA / "clauses.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row["document"] for row in csv.DictReader(file)}


def test_every_basis_is_a_clause_of_the_same_document(
    packs: dict[str, Pack], clause_documents: dict[str, str]
) -> None:
    assert set(packs) == {"zhengzhou-2024", "anyang-2024-2026", "linxian-2022", "shanxi-2022"}
    for pack in packs.values():
        for parameter in pack.parameters:
            for clause in parameter.basis:
                if clause.startswith(RISK_POINTS):
                    assert pack.key == "zhengzhou-2024"
                else:
                    assert clause_documents[clause] == pack.key, (parameter.key, clause)


@pytest.mark.parametrize(
    ("pack", "key", "origin", "text"),
    [
        ("linxian-2022", "lead.handover_days", Origin.SOURCE, "1天"),
        ("linxian-2022", "lead.objection_days", Origin.SOURCE, "2天"),
        ("linxian-2022", "lead.feedback_days", Origin.SOURCE, "7天"),
        ("linxian-2022", "lead.publish_days", Origin.DEFAULT, "5天"),
        ("linxian-2022", "lead.result_publish_days", Origin.DEFAULT, "5天"),
        ("linxian-2022", "lead.counting", Origin.DEFAULT, "自然日"),
        ("linxian-2022", "lead.register_days", Origin.UNSET, "未设定"),
        ("linxian-2022", "lead.acknowledge_hours", Origin.UNSET, "未设定"),
        ("linxian-2022", "lead.check_days", Origin.UNSET, "未设定"),
        ("linxian-2022", "lead.review_days", Origin.UNSET, "未设定"),
        ("linxian-2022", "lead.lowest_rank_threshold", Origin.UNSET, "未设定"),
        ("anyang-2024-2026", "lead.reward_pay_days", Origin.DEFAULT, "30天"),
        ("anyang-2024-2026", "lead.accountability_required", Origin.SOURCE, "是"),
        ("shanxi-2022", "notice.due_coal", Origin.SOURCE, "2022-04-30"),
        ("shanxi-2022", "notice.due_noncoal", Origin.SOURCE, "2022-05-30"),
    ],
)
def test_numbers_and_where_they_come_from(
    packs: dict[str, Pack], pack: str, key: str, origin: Origin, text: str
) -> None:
    parameter = packs[pack].parameter(key)
    assert parameter is not None
    assert (parameter.origin, shown(parameter.kind, parameter.value)) == (origin, text)


def test_a_default_says_that_the_source_is_silent(packs: dict[str, Pack]) -> None:
    for pack in packs.values():
        for parameter in pack.parameters:
            if parameter.origin is Origin.DEFAULT:
                assert "原文未规定" in parameter.note, parameter.key


@pytest.mark.parametrize(
    ("pack", "key", "count"),
    [
        ("linxian-2022", "lead.types", 3),
        ("linxian-2022", "lead.result_fields", 10),
        ("linxian-2022", "lead.measures", 7),
        ("linxian-2022", "lead.escalation_reasons", 3),
        ("linxian-2022", "lead.letter_copies", 2),
        ("anyang-2024-2026", "lead.stage_groups", 5),
        ("zhengzhou-2024", "risk.points", 45),
    ],
)
def test_lists_are_whole(packs: dict[str, Pack], pack: str, key: str, count: int) -> None:
    parameter = packs[pack].parameter(key)
    assert parameter is not None
    assert isinstance(parameter.value, tuple)
    assert len(parameter.value) == count


@pytest.mark.django_db
def test_packs_and_clauses_load_together() -> None:
    assert len(load_packs(DATA / "packs", now=NOW).added) == 4
    assert load_clauses(DATA / "clauses.csv").added == 630
    assert find_clauses("LX-A1-3-4").get().item == "附件1（三）"
