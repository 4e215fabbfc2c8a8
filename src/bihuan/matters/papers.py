"""Issuing official papers: number, copies and content kept; files are made from the content."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import batched
from typing import Any

from bihuan.documents import letters
from bihuan.documents.letters import Letter
from bihuan.matters import files, numbers
from bihuan.matters.case import Case
from bihuan.matters.declarations import catalog
from bihuan.matters.models import Matter, NumberVoid, PaperCopy
from bihuan.matters.refusals import Refused
from bihuan.matters.writing import add, engine_writes

NOTED_AT_ONCE = 100


def issue_paper(
    case: Case, key: str, *, organ: str = "", number: str = "", version: int = 1
) -> dict[str, Any]:
    """Store every copy of a paper with its number; returns what the trail keeps of it."""
    paper = catalog().paper(key)
    unit = case.unit
    organ = organ or numbers.organ_of(case)
    number = number or numbers.take_number(
        paper.series,
        organ=organ,
        sector=unit.sector if unit else "",
        year=case.today.year,
    )
    case.set(f"{key}_number", number)
    content = paper.fill(case, number=number)
    plain = _plain(asdict(content))
    for copy in paper.copies:
        add(
            PaperCopy(
                matter=case.matter,
                paper=key,
                organ=organ,
                number=number,
                copy=copy,
                version=version,
                content={**plain, "copy_mark": copy},
                issued_on=case.today,
                issued_by_id=case.by.user_id or None,
                made_at=case.now,
            )
        )
    sealed = json.dumps(plain, ensure_ascii=False, sort_keys=True, default=str).encode()
    return {
        "paper": key,
        "number": number,
        "digest": hashlib.sha256(sealed).hexdigest(),
        "copies": list(paper.copies),
    }


def reissue_paper(case: Case, key: str) -> dict[str, Any]:
    """Store a new version of every copy under the same number; the old ones stay readable."""
    last = (
        PaperCopy.objects.filter(matter=case.matter, paper=key).order_by("-made_at", "-id").first()
    )
    if last is None:
        raise Refused("这份文书还没有制发，不需要更正。")
    version = last.version + 1
    return issue_paper(case, key, organ=last.organ, number=last.number, version=version)


def replacements(matter: Matter) -> dict[tuple[str, str], str]:
    """By paper and number: the number of the next one of its kind, which took its place.

    A number that was taken back (撤回) takes nobody's place.
    """
    issued = PaperCopy.objects.filter(matter=matter).order_by("made_at", "id")
    given = list(dict.fromkeys(issued.values_list("paper", "number")))
    if len(given) <= 1:
        return {}
    void = set(NumberVoid.objects.filter(matter=matter).values_list("series", "number"))
    found: dict[tuple[str, str], str] = {}
    later: dict[str, str] = {}
    for paper, number in reversed(given):
        if (paper, f"{number}（{matter.pk}）") in void:
            continue
        if paper in later:
            found[paper, number] = later[paper]
        later[paper] = number
    return found


def paper_file(copy: PaperCopy, *, form: str) -> bytes:
    """The PDF or Word file of a copy: made once, stored, and read back from then on."""
    column = f"{form}_digest"
    digest = getattr(copy, column)
    if digest:
        return files.read(digest)
    letter = letter_of(copy.content)
    data = letters.letter_pdf(letter) if form == "pdf" else letters.letter_docx(letter)
    digest = files.keep(data)
    with engine_writes():
        PaperCopy.objects.filter(pk=copy.pk).update(**{column: digest})
    return data


def paper_files(copies: Sequence[PaperCopy], *, form: str) -> Iterator[tuple[PaperCopy, bytes]]:
    """The file of each copy as `paper_file` gives it, many with one compiler.

    Digests are noted in batches; a batch that is broken off is made again, equal byte for byte.
    """
    column = f"{form}_digest"
    for batch in batched(copies, NOTED_AT_ONCE):
        new = [copy for copy in batch if not getattr(copy, column)]
        made = _made((letter_of(copy.content) for copy in new), form=form)
        digests: dict[int, str] = {}
        for copy in batch:
            digest = getattr(copy, column)
            if digest:
                yield copy, files.read(digest)
                continue
            data = next(made)
            digests[copy.pk] = files.keep(data)
            yield copy, data
        with engine_writes():
            for pk, digest in digests.items():
                PaperCopy.objects.filter(pk=pk).update(**{column: digest})


def _made(found: Iterable[Letter], *, form: str) -> Iterator[bytes]:
    return letters.letters_pdf(found) if form == "pdf" else map(letters.letter_docx, found)


def letter_of(content: dict[str, Any]) -> Letter:
    """The letter whose content was kept as JSON."""
    values = {key: _tuples(value) for key, value in content.items()}
    values["locked_paragraphs"] = frozenset(values.get("locked_paragraphs") or ())
    return Letter(**values)


def _plain(content: dict[str, Any]) -> dict[str, Any]:
    return {
        key: sorted(value) if isinstance(value, frozenset) else value
        for key, value in content.items()
    }


def _tuples(value: Any) -> Any:
    return tuple(_tuples(part) for part in value) if isinstance(value, list) else value
