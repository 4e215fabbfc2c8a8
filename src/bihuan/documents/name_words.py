"""The word lists behind the search for names, read once and kept."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent


class NameWords(NamedTuple):
    """Costs are twice the negative natural logarithm of a share: small is common.

    `classes` says which part of speech a common word is; a word it leaves out is a noun.
    """

    common: dict[str, int]
    classes: dict[str, str]
    surnames: dict[str, int]
    given: dict[str, int]


@cache
def name_words() -> NameWords:
    """Return common words, surnames and characters of given names with their costs."""
    common, classes = _classed_costs("common_words.txt")
    return NameWords(
        common,
        classes,
        _costs("surnames.txt"),
        {
            character: cost
            for characters, cost in _costs("given_name_characters.txt").items()
            for character in characters
        },
    )


@cache
def word_bonds() -> dict[str, dict[str, int]]:
    """Return what it costs that a word of one class stands before one of another."""
    heads, *rows = _lines("word_bonds.txt")
    return {row[0]: dict(zip(heads[1:], map(int, row[1:]), strict=True)) for row in rows}


def _classed_costs(name: str) -> tuple[dict[str, int], dict[str, str]]:
    costs: dict[str, int] = {}
    classes: dict[str, str] = {}
    for cost, word_class, *words in _lines(name):
        costs.update(dict.fromkeys(words, int(cost)))
        classes.update(dict.fromkeys(words, word_class))
    return costs, classes


def _costs(name: str) -> dict[str, int]:
    costs: dict[str, int] = {}
    for cost, *words in _lines(name):
        for word in words:
            costs[word] = min(int(cost), costs.get(word, int(cost)))
    return costs


def _lines(name: str) -> list[list[str]]:
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return [line.split() for line in lines if not line.startswith("#")]
