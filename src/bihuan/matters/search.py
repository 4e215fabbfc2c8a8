"""Search: single characters and bigrams, with the scope as tokens, newest first, rechecked.

One function makes the tokens for both databases: SQLite keeps them in FTS5 (`detail=none`),
PostgreSQL in a `text[]` with GIN. A hit is every token's AND, then a recheck of the whole term
on the kept text, so both databases give the same hits. Only what anyone with the scope may read
goes in: numbers, also of letters, title, summary, site, and title and site by the initials of
their pinyin; never the reporter's own words.
"""

import unicodedata
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from bihuan.accounts.actors import Actor
from bihuan.database.prepared import prepared
from bihuan.matters.case import Case
from bihuan.matters.models import Matter, PaperCopy, SearchText
from bihuan.matters.reach import is_handed_over
from bihuan.places.initials import initials_of, initials_within

PROBE = 2000  # with fewer hits than this a term is rare: sort them; else walk newest first
PROBE_SQLITE = 400  # so many of a term's newest hits are read before its scope is asked for
TERM_MAX = 60
TYPED = " | "  # between text and initials; a normalised text never holds it
INDEXED = (
    "number",
    "acceptance_number",
    "title",
    "site_id",
    "unit_id",
    "l1",
    "l2",
    "l3",
    "l4",
)


def normalise(text: str) -> str:
    """Half-width, lower case, letters and digits only; everything else is one blank."""
    wide = unicodedata.normalize("NFKC", text).lower()
    kept = "".join(mark if unicodedata.category(mark)[0] in "LN" else " " for mark in wide)
    return " ".join(kept.split())


def tokens_of(text: str) -> set[str]:
    """Single characters, bigrams and, of digits and Latin letters, trigrams of a normalised text.

    Ten digits make only a hundred bigrams, so a number needs longer tokens to be rare. Of
    initials there are only trigrams: one or two letters stand in every second title.
    """
    told, _, typed = text.partition(TYPED)
    found = {three for word in typed.split() for three in _threes(word)}
    for word in told.split():
        marks = [_token(mark) for mark in word]
        found.update(marks)
        found.update(first + second for first, second in pairwise(marks))
        found.update(three for three in _threes(word) if three.isascii())
    return found


def term_tokens(term: str) -> set[str]:
    """Tokens that a text holding this normalised term must have, the fewest that tell it."""
    found: set[str] = set()
    for word in term.split():
        marks = [_token(mark) for mark in word]
        if len(marks) == 1:
            found.update(marks)
        threes = _threes(word)
        found.update(three for three in threes if three.isascii())
        found.update(
            first + second
            for place, (first, second) in enumerate(pairwise(marks))
            if not any(three.isascii() for three in threes[max(0, place - 1) : place + 1])
        )
    return found


def _threes(word: str) -> list[str]:
    return [word[place : place + 3] for place in range(len(word) - 2)]


def scope_tokens(matter: Matter) -> str:
    """The matter's regions, unit and kind as tokens no text can make."""
    regions = [region_token(region) for region in matter.path_ids]
    unit = [f"xu{matter.unit_id}x"] if matter.unit_id and is_handed_over(matter) else []
    return " ".join([*regions, *unit, f"xk{matter.kind.replace('_', '')}x"])


def region_token(region_id: int) -> str:
    """The token of everything that lies within a region."""
    return f"xr{region_id}x"


def is_touched(case: Case, *, before: dict[str, Any], facts_before: dict[str, Any]) -> bool:
    """Whether anything that the index holds of the case changed in this step."""
    matter, told = case.matter, (case.loop.summary, *case.loop.numbers)
    if not before or any(facts_before.get(key) != case.facts.get(key) for key in told):
        return True
    if any(before[name] != getattr(matter, name) for name in INDEXED):
        return True
    was = case.loop.stage(before["stage"]).before_hand_over
    return was != case.loop.stage(matter.stage).before_hand_over


def index(case: Case) -> None:
    """Bring the index to the case as it is now; nothing is written when nothing changed."""
    matter = case.matter
    site = case.site.name if matter.site_id and case.site else ""
    summary = str(case.facts.get(case.loop.summary) or "")
    numbers = (matter.number, matter.acceptance_number, *_paper_numbers(case))
    parts = (*numbers, matter.title, summary, site)
    told, scope = normalise(" ".join(part for part in parts if part)), scope_tokens(matter)
    text = with_initials(told, title=matter.title, site=site)
    old = _indexed.first(matter.pk)
    if old != (text, scope):
        replace(matter.pk, old, (text, scope))


def replace(matter_id: int, old: tuple[str, str] | None, new: tuple[str, str]) -> None:
    """Put text and scope of a matter in the place of those that the index holds."""
    if old is not None:
        _remove(matter_id, *old)
    _insert(matter_id, *new)


def with_initials(told: str, *, title: str, site: str) -> str:
    """A normalised text, and behind the mark its title and site as typed by initials."""
    within = initials_within(title)
    named = [one for one in initials_of(site).split() if one not in within]
    return f"{told}{TYPED}{' '.join([within, *named]).strip()}"


def _paper_numbers(case: Case) -> list[str]:
    """The numbers told of in facts, and those of letters that were replaced since."""
    told = [str(case.facts[key]) for key in case.loop.numbers if case.facts.get(key)]
    if not told:
        return []
    issued = PaperCopy.objects.filter(matter=case.matter).order_by("made_at", "id")
    return list(dict.fromkeys([*told, *issued.values_list("number", flat=True)]))


@prepared
def _indexed(matter_id: int) -> QuerySet[SearchText, tuple[str, str]]:
    return SearchText.objects.filter(pk=matter_id).values_list("text", "scope")


def find(term: str, *, by: Actor, kind: str = "", limit: int = 50) -> list[int]:
    """Ids of matters within the actor's reach that hold every word of the term, newest first.

    Recusal and the kinds of a role aren't looked at here: the caller reads the ids through the
    scoped queryset.
    """
    scopes = [region_token(region) for _level, region in by.regions_seen()]
    scopes += [region_token(region) for _level, region, _kinds in by.kinds_seen()]
    scopes += [f"xu{unit}x" for unit in by.units_seen()]
    return find_in(term, scopes=scopes, kind=kind, limit=limit)


def find_in(term: str, *, scopes: list[str], kind: str = "", limit: int = 50) -> list[int]:
    """The same within scopes that the caller answers for, each a token."""
    words = normalise(term[:TERM_MAX]).split()
    wanted = term_tokens(" ".join(words))
    if not wanted:
        return []
    kinds = [f"xk{kind.replace('_', '')}x"] if kind else []
    if not scopes:
        return []
    search = _find_sqlite if connection.vendor == "sqlite" else _find_postgresql
    return search(words, sorted(wanted), kinds, scopes, limit)


def _token(mark: str) -> str:
    if mark.isascii() or "\u4e00" <= mark <= "\u9fa5":
        return mark
    return f"u{ord(mark):x}z"


def _insert(matter_id: int, text: str, scope: str) -> None:
    tokens = " ".join(sorted(tokens_of(text)) + scope.split())
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "INSERT INTO matters_searchtext (matter_id, text, scope) VALUES (%s, %s, %s)",
                [matter_id, text, scope],
            )
            cursor.execute(
                "INSERT INTO matters_searchindex (rowid, tokens) VALUES (%s, %s)",
                [matter_id, tokens],
            )
        else:  # pragma: no cover - PostgreSQL; the measured run is on SQLite
            cursor.execute(
                "INSERT INTO matters_searchtext (matter_id, text, scope, tokens)"
                " VALUES (%s, %s, %s, %s)",
                [matter_id, text, scope, tokens.split()],
            )


def _remove(matter_id: int, text: str, scope: str) -> None:
    tokens = " ".join(sorted(tokens_of(text)) + scope.split())
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":  # pragma: no branch
            # A table without content is told what to forget: the very tokens it was given.
            cursor.execute(
                "INSERT INTO matters_searchindex (matters_searchindex, rowid, tokens)"
                " VALUES ('delete', %s, %s)",
                [matter_id, tokens],
            )
        cursor.execute("DELETE FROM matters_searchtext WHERE matter_id = %s", [matter_id])


def _recheck(words: Iterable[str]) -> tuple[str, list[str]]:
    long = [word for word in words if len(word) > 2]
    clause = "".join(" AND t.text LIKE %s" for _word in long)
    return clause, [f"%{word}%" for word in long]  # normalised words hold no % or _


def _find_sqlite(
    words: list[str], wanted: list[str], kind: list[str], scopes: list[str], limit: int
) -> list[int]:
    """Look at the newest hits of the term alone first, then within the scope's tokens.

    The list of a scope's token is as long as the county; to cut a rare term's short list with it
    costs far more than to read the few texts. A term whose newest hits lie elsewhere is asked
    for again, with the scope.
    """
    clause, values = _recheck(words)
    inside = " OR ".join("instr(t.scope, %s)" for _scope in scopes)
    of_kind = "".join(" AND instr(t.scope, %s)" for _kind in kind)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.matter_id FROM (SELECT rowid FROM matters_searchindex"  # noqa: S608 - the clause is our own text
            " WHERE matters_searchindex MATCH %s ORDER BY rowid DESC LIMIT %s) i"
            " LEFT JOIN matters_searchtext t"
            f" ON t.matter_id = i.rowid AND ({inside}){of_kind}{clause}",
            [_match(wanted, []), PROBE_SQLITE, *scopes, *kind, *values],
        )
        looked_at, found = 0, []
        for (matter_id,) in cursor:
            looked_at += 1
            if matter_id is not None:
                found.append(matter_id)
            if len(found) == limit:
                break
        if looked_at < PROBE_SQLITE or len(found) == limit:
            return found
        cursor.execute(
            "SELECT i.rowid FROM matters_searchindex i"  # noqa: S608
            " JOIN matters_searchtext t ON t.matter_id = i.rowid"
            f" WHERE matters_searchindex MATCH %s{clause} ORDER BY i.rowid DESC LIMIT %s",
            [_match([*wanted, *kind], scopes), *values, limit],
        )
        return [row[0] for row in cursor.fetchall()]


def _match(tokens: Iterable[str], scopes: Iterable[str]) -> str:
    terms = " AND ".join(f'"{token}"' for token in tokens)
    inside = " OR ".join(f'"{scope}"' for scope in scopes)
    return f"{terms} AND ({inside})" if inside else terms


def _find_postgresql(  # pragma: no cover - the measured run is on SQLite
    words: list[str], wanted: list[str], kind: list[str], scopes: list[str], limit: int
) -> list[int]:
    clause, values = _recheck(words)
    wanted = [*wanted, *kind]
    holds = "t.tokens @> %s::text[] AND t.tokens && %s::text[]"
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH hits AS MATERIALIZED (SELECT t.matter_id FROM matters_searchtext t"  # noqa: S608
            f" WHERE {holds}{clause} LIMIT %s) SELECT matter_id FROM hits",
            [wanted, scopes, *values, PROBE],
        )
        rare = [row[0] for row in cursor.fetchall()]
        if len(rare) < PROBE:
            return sorted(rare, reverse=True)[:limit]
        cursor.execute(
            "SELECT t.matter_id FROM matters_searchtext t"  # noqa: S608
            f" WHERE {holds}{clause} ORDER BY t.matter_id DESC LIMIT %s",
            [wanted, scopes, *values, limit],
        )
        return [row[0] for row in cursor.fetchall()]
