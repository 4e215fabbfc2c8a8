"""Looking declarations up by key, and which clause each of them serves."""

from dataclasses import replace

import pytest

from bihuan.language.loop import Loop
from bihuan.language.tests.declared import (
    BOOK,
    CLAUSES,
    LOOP,
    MINES,
    NOTICE,
    PAPER,
    PUBLICATION,
    REPORT,
    RULE,
    catalog_with,
)

BARE = replace(LOOP, key="bare", category="", parent="")


def test_each_word_is_found_by_its_key() -> None:
    catalog = catalog_with()
    assert catalog.loop("notice") is NOTICE
    assert catalog.ledger("book") is BOOK
    assert catalog.paper("order") is PAPER
    assert catalog.report("daily") is REPORT
    assert catalog.population("mines") is MINES


def test_an_unknown_loop_is_an_error() -> None:
    with pytest.raises(KeyError, match="lost"):
        catalog_with().loop("lost")


def test_rules_and_publications_belong_to_a_kind() -> None:
    catalog = catalog_with()
    assert catalog.rules_of("repair") == (RULE,)
    assert catalog.rules_of("notice") == ()
    assert catalog.publication_of("notice") is PUBLICATION
    assert catalog.publication_of("repair") is None


@pytest.mark.parametrize(
    ("loops", "asked", "wanted"),
    [
        ((LOOP, NOTICE), LOOP, LOOP),
        ((LOOP, NOTICE), NOTICE, LOOP),
        ((BARE, LOOP), replace(NOTICE, parent="*"), LOOP),
        ((BARE,), BARE, BARE),
    ],
    ids=["its own", "of the one above", "the first that declares one", "none declares one"],
)
def test_a_category_is_read_where_it_is_declared(
    loops: tuple[Loop, ...], asked: Loop, wanted: Loop
) -> None:
    assert catalog_with(loops=loops).categorised(asked) is wanted


def test_every_clause_is_traced_to_its_declaration() -> None:
    pairs = catalog_with(served=(("LX-A1-1", "screen:/desk/"),)).serving()
    assert pairs == sorted(pairs)
    assert {clause for clause, _ in pairs} == set(CLAUSES)
    assert [name for clause, name in pairs if clause == "LX-A1-1"] == [
        "clock:repair.repair",
        "screen:/desk/",
    ]
    assert dict(pairs[2:]) == {
        "LX-A1-2": "field:repair.kind",
        "LX-A1-3": "step:repair.send",
        "LX-A1-4": "step:repair.send",
        "LX-A1-5": "step:repair.send",
        "LX-A1-6": "step:repair.send",
        "LX-A1-7": "loop:repair",
        "LX-A1-8": "population:mines",
        "LX-A1-9": "ledger:book",
        "LX-A1-10": "duty:monthly",
        "LX-A1-11": "rule:late",
        "LX-A1-12": "paper:order",
        "LX-A1-13": "publication:result",
        "LX-A1-14": "limit:methane",
        "LX-A1-15": "indicator:rate",
        "LX-A1-16": "report:daily",
    }
