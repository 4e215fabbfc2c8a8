"""Scoring two tellings: pure text, measured on texts written by another hand."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.leads.likeness import LIKELY
from bihuan.leads.retelling import Rarity, likeness, numerals, telling_of, terms_of

TEXTS = Path(__file__).parents[4] / "tests" / "texts" / "likeness.jsonl"
HALVES = (("前半", slice(0, 50)), ("后半", slice(50, None)))


def pairs(kind: str) -> list[dict[str, str]]:
    lines = TEXTS.read_text(encoding="utf-8").splitlines()
    return [pair for pair in map(json.loads, lines) if pair["kind"] == kind]


def earlier_leads() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for pair in (*pairs("same"), *pairs("different")):
        texts = found.setdefault(pair["site"], [])
        if pair["a"] not in texts:
            texts.append(pair["a"])
    return found


def ranked(text: str, candidates: list[str]) -> list[tuple[float, str]]:
    rarity = Rarity(telling_of(one) for one in candidates)
    return sorted((likeness(text, one, rarity=rarity).value, one) for one in candidates)[::-1]


@pytest.mark.parametrize(("label", "half"), HALVES)
def test_retold_lead_is_among_the_first_three(label: str, half: slice) -> None:
    earlier = earlier_leads()
    everywhere = [text for texts in earlier.values() for text in texts]
    chosen = pairs("same")[half]
    at_site = {pair["b"]: ranked(pair["b"], earlier[pair["site"]]) for pair in chosen}
    missed = [p["b"] for p in chosen if p["a"] not in [t for _, t in at_site[p["b"]][:3]]]
    far = [p for p in chosen if p["a"] not in [t for _, t in ranked(p["b"], everywhere)[:3]]]
    recall, wide = 1 - len(missed) / len(chosen), 1 - len(far) / len(chosen)
    print(f"{label}：同企业前三 {recall:.2f}，全部线索前三 {wide:.2f}，漏掉：{missed}")  # noqa: T201
    assert recall >= 0.8
    assert wide >= 0.8


@pytest.mark.parametrize(("label", "half"), HALVES)
def test_look_alikes_score_lower_than_retellings(label: str, half: slice) -> None:
    earlier = earlier_leads()

    def likely(kind: str) -> float:
        chosen = pairs(kind)[half]
        scores = [dict(map(reversed, ranked(p["b"], earlier[p["site"]])))[p["a"]] for p in chosen]
        return sum(score >= LIKELY for score in scores) / len(scores)

    same, different = likely("same"), likely("different")
    print(f"{label}：达到“可能重复”的，重述 {same:.2f}，形似而非 {different:.2f}")  # noqa: T201
    assert different < same
    assert different <= 0.4


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("三百零二", "302"),
        ("三零二面", "302面"),
        ("四十分钟", "40分钟"),
        ("十五人", "15人"),
        ("一万二千元", "12000元"),
        ("两套", "2套"),
        ("三万", "30000"),
    ],
)
def test_numerals_become_digits(text: str, digits: str) -> None:
    assert numerals(text) == digits


@given(st.integers(1, 99_999))
def test_digits_are_left_alone(number: int) -> None:
    assert numerals(str(number)) == str(number)


def test_face_is_the_same_however_it_is_written() -> None:
    score = likeness("302面夜班瓦斯超限", "三零二掘进工作面零点班瓦斯超限")
    assert score.shared_face == "302"
    assert score.shared_shift == "夜班"
    assert score.value > LIKELY


def test_last_day_of_april_is_the_thirtieth() -> None:
    assert likeness("4月30日主扇停运", "四月最后一天主要通风机停运").shared_day == "4-30"


def test_other_day_lowers_the_score() -> None:
    near = likeness("5月6日掘进头停风", "5月6日局扇停了，掘进头没风")
    far = likeness("5月6日掘进头停风", "5月16日局扇停了，掘进头没风")
    assert far.other_day
    assert far.value < near.value


def test_what_is_well_is_another_event() -> None:
    bad = likeness("主井钢丝绳断丝超限仍升降人员", "主井钢丝绳断丝超限，还在拉人")
    well = likeness("主井钢丝绳断丝超限仍升降人员", "主井钢丝绳检测合格，升降人员正常")
    assert well.value < bad.value


def test_search_terms_name_the_face_first() -> None:
    terms = terms_of("三零二掘进工作面局部通风机无计划停运")
    assert terms[:2] == ["302", "局部通风机"]


@given(st.text(max_size=60), st.text(max_size=60))
def test_score_stays_between_nothing_and_one(a: str, b: str) -> None:
    score = likeness(a, b)
    assert 0 <= score.value <= 1
    assert score.percent <= 99
    assert abs(score.value - likeness(b, a).value) < 1e-9
