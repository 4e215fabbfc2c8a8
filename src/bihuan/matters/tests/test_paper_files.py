"""The files of papers: made once, kept, and read back with those that are made now."""

from pathlib import Path

import pytest
from django.conf import LazySettings as Settings
from tests.people import County

from bihuan.desk.tests import seeded
from bihuan.matters import files
from bihuan.matters.models import PaperCopy
from bihuan.matters.papers import paper_file, paper_files


@pytest.fixture
def copies(county: County) -> list[PaperCopy]:
    """The two copies of a handover letter."""
    lead = seeded.handed_over(county)
    return list(PaperCopy.objects.filter(matter=lead).order_by("id"))


def test_what_was_made_is_read_back_beside_what_is_new(
    copies: list[PaperCopy], settings: Settings
) -> None:
    first, second = copies
    made = paper_file(first, form="docx")
    first.refresh_from_db()
    told = [(copy.pk, data) for copy, data in paper_files([first, second], form="docx")]
    assert told[0] == (first.pk, made)
    assert [pk for pk, _data in told] == [first.pk, second.pk]
    second.refresh_from_db()
    assert files.read(second.docx_digest) == told[1][1]
    for copy in (first, second):
        kept = Path(settings.HOME) / "files" / copy.docx_digest[:2] / copy.docx_digest
        kept.write_bytes(str(copy.pk).encode())  # so that it's seen where the bytes come from
    again = [data for _copy, data in paper_files([first, second], form="docx")]
    assert again == [str(first.pk).encode(), str(second.pk).encode()]
