"""The word lists behind the search for names, read once and kept."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent


class NameWords(NamedTuple):
    """Costs are twice the negative natural logarithm of a share: small is common."""

    common: dict[str, int]
    surnames: dict[str, int]
    given: dict[str, int]


@cache
def name_words() -> NameWords:
    """Return common words, surnames and characters of given names with their costs."""
    return NameWords(
        _costs("common_words.txt"),
        _costs("surnames.txt"),
        {
            character: cost
            for characters, cost in _costs("given_name_characters.txt").items()
            for character in characters
        },
    )


def _costs(name: str) -> dict[str, int]:
    costs: dict[str, int] = {}
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        cost, *words = line.split()
        for word in words:
            costs[word] = min(int(cost), costs.get(word, int(cost)))
    return costs
