"""Files that no row names: none is left by who may not, the others are counted and cleared."""

import io
import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings as Settings
from django.core.management import call_command
from tests.people import County

from bihuan.desk.tests import seeded
from bihuan.desk.tests.test_matter_files import photo
from bihuan.leads.models import Envelope
from bihuan.matters import files, unnamed_files
from bihuan.matters.attachments import attach
from bihuan.matters.engine import take_step
from bihuan.matters.models import Attachment, Matter
from bihuan.matters.moment import now
from bihuan.matters.record_files import keep_file
from bihuan.matters.refusals import Incomplete, NoRoom, NotFound, NotYours, Refused
from bihuan.matters.tests.test_write_record import PNG
from bihuan.matters.unnamed_files import clear, unnamed

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
AT = seeded.START + timedelta(hours=1)


@pytest.fixture
def lead(county: County) -> Matter:
    """A lead in the hands of the section."""
    found = seeded.handed_over(county)
    return take_step(found.pk, "acknowledge", by=county.actor("receiver"), now=seeded.START)


def aged(digest: str, settings: Settings, age: timedelta = DAY + timedelta(minutes=1)) -> Path:
    path = Path(settings.HOME) / "files" / digest[:2] / digest
    moment = (now() - age).timestamp()
    os.utime(path, (moment, moment))
    return path


@pytest.mark.parametrize(("who", "refusal"), [("receiver2", NotFound), ("publisher", NotYours)])
def test_who_may_not_leaves_no_file(
    county: County, lead: Matter, who: str, refusal: type[Refused]
) -> None:
    with pytest.raises(refusal):
        attach(lead.pk, photo(), "a.jpg", by=county.actor(who), now=AT)
    assert files.kept() == []


def test_a_program_leaves_no_file(county: County, lead: Matter) -> None:
    with pytest.raises(Incomplete):
        attach(lead.pk, b"MZ\x90\x00", "a.pdf", by=county.actor("handler"), now=AT)
    assert files.kept() == []


def test_the_desk_keeps_the_reserve(county: County, lead: Matter, settings: Settings) -> None:
    by, data = county.actor("handler"), photo()
    known = attach(lead.pk, data, "a.jpg", by=by, now=AT)
    kept = files.kept()
    settings.DISK_RESERVE_BYTES = shutil.disk_usage(settings.HOME).total
    assert attach(lead.pk, data, "a.jpg", by=by, now=AT).pk == known.pk
    with pytest.raises(NoRoom, match=r"空间不足，“b\.jpg”没有收下") as refused:
        attach(lead.pk, data + b"\0", "b.jpg", by=by, now=AT)
    assert "file" in refused.value.fields
    with pytest.raises(NoRoom, match=r"空间不足，“门口\.png”没有收下"):
        keep_file(PNG, name="门口.png", by=by, now=AT)
    assert files.kept() == kept


def test_what_rows_name_is_never_cleared(county: County, lead: Matter, settings: Settings) -> None:
    attach(lead.pk, photo(), "a.jpg", by=county.actor("handler"), now=AT)
    sealed = files.keep(b"sealed words")
    Envelope.objects.create(
        matter=lead, purpose="account", part="file-1", digest=sealed, created_at=now()
    )
    kept = files.kept()
    assert len(kept) == 3
    for path in kept:
        aged(path.name, settings)
    assert unnamed().count == 0
    assert clear(now=now()).count == 0
    assert files.kept() == kept


def test_verify_counts_the_unnamed_and_clears_them_when_told(settings: Settings) -> None:
    aged(files.keep(b"left behind"), settings)
    young = files.keep(b"on its way")
    told = io.StringIO()
    call_command("verify", files=True, stderr=told)
    assert "有 2 个文件没有任何记录引用（21 字节）" in told.getvalue()
    told = io.StringIO()
    call_command("verify", clear_unnamed=True, stderr=told)
    assert "已清掉 1 个没有记录引用的文件（11 字节）" in told.getvalue()
    assert "有 1 个文件没有任何记录引用" in told.getvalue()
    assert [path.name for path in files.kept()] == [young]


def test_who_keeps_the_same_bytes_again_makes_them_young(settings: Settings) -> None:
    digest = files.keep(b"left behind")
    aged(digest, settings)
    assert files.keep(b"left behind") == digest
    assert clear(now=now()).count == 0
    assert files.read(digest) == b"left behind"


def test_bytes_touched_meanwhile_go_back(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Touched after its age was read and before it was moved: the new owner finds his file."""
    digest = files.keep(b"left behind")
    path = aged(digest, settings)
    plain = Path.replace

    def touched_before(self: Path, target: Path) -> Path:
        os.utime(self)
        return plain(self, target)

    monkeypatch.setattr(Path, "replace", touched_before)
    assert clear(now=now()) == unnamed_files.Unnamed()
    assert path.read_bytes() == b"left behind"
    assert not Attachment.objects.exists()
