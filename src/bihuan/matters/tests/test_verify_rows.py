"""Verify: every row that the trail tells of is compared; each change past the engine is named."""

from datetime import datetime, timedelta
from io import BytesIO, StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from PIL import Image
from tests.people import County
from tests.walks.test_lead_walk import hand_over, open_lead

from bihuan.language.clock import SHANGHAI
from bihuan.leads.ledgers import CHANNEL
from bihuan.matters import clocks, journal, trail
from bihuan.matters.attachments import attach
from bihuan.matters.engine import take_step
from bihuan.matters.models import (
    FAR,
    Attachment,
    Entry,
    Matter,
    Record,
    Recusal,
    RungFired,
    Timer,
)
from bihuan.matters.record_files import keep_file
from bihuan.matters.records import write_record
from bihuan.matters.tests.test_verify import run, tampering
from bihuan.matters.tests.test_write_record import PNG
from bihuan.matters.ticking import tick
from bihuan.matters.trail import from_bytes, to_bytes
from bihuan.matters.verify import verify
from bihuan.matters.writing import engine_writes, keep

NOW = datetime(2026, 3, 1, 9, tzinfo=SHANGHAI)
FACTS = {"name": "举报电话", "media": "来电", "address": "0000-1234567", "state": "开通"}


@pytest.fixture
def lead(county: County) -> Matter:
    """A lead handed over, its clock late so that rungs acted, with a file and recusals."""
    opened = open_lead(county, now=NOW)
    accused = {
        "accused_unit": county.units["noncoal"].pk,
        "accused_person": county.users["leader"].person_id,
    }
    answers = {
        "title": "反映兴旺煤矿夜班超定员组织生产",
        "summary": "兴旺煤矿夜班302掘进工作面下井人数超过规定，带班领导没有下井。",
        "type": "重大事故隐患",
        "source": "举报电话",
        "site": county.sites["xingwang"].pk,
        **accused,
    }
    intake = county.actor("intake")
    registered = take_step(opened.pk, "register", by=intake, now=NOW, answers=answers)
    found = hand_over(county, registered, now=NOW)
    stream = BytesIO()
    Image.new("RGB", (40, 30), (90, 120, 140)).save(stream, "JPEG")
    handler = county.actor("handler")
    attach(found.pk, stream.getvalue(), "入井口.jpg", by=handler, now=NOW + timedelta(hours=1))
    tick(now=NOW + timedelta(days=9))
    assert verify(files=True).faults == []
    return found


def told(lead: Matter, *, files: bool = False) -> str:
    """What is said of the lead; other matters stay as they are."""
    found = verify(files=files).faults
    assert found
    assert all(fault.startswith(f"matter {lead.pk}:") for fault in found)
    return "\n".join(found)


def test_the_opening_tells_that_nobody_is_recused(county: County) -> None:
    lead = open_lead(county, now=NOW)
    body = bytes(Entry.objects.get(matter_id=lead.pk, seq=1).body)
    assert from_bytes(body).changes["recusals"] == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("state", 1),
        ("started_at", "2026-03-02 00:00:00"),
        ("due_at", "2026-04-02 00:00:00"),
        ("late_from", "2026-04-02 00:00:00"),
        ("amount", 70),
        ("unit", "HOURS"),
        ("counting", "WORKING"),
        ("extension_reason", "无"),
        ("extended_to", "2026-04-02"),
        ("done_at", "2026-03-02 00:00:00"),
    ],
)
def test_a_changed_clock_is_named(lead: Matter, column: str, value: object) -> None:
    sql = f"UPDATE matters_timer SET {column} = %s WHERE matter_id = %s"  # noqa: S608
    run(f"{sql} AND key = 'feedback'", value, lead.pk)
    assert f"clock 'feedback': {column} was changed past the trail" in told(lead)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("next_at", "2027-04-02 00:00:00"),
        ("fired", "[]"),
        ("ladder", ""),
        ("param", "lead.lost_days"),
        ("origin", "default"),
        ("version", ""),
        ("first_due_at", None),
        ("suspensions", '[{"from": "2026-03-02T00:00:00+08:00", "reason": "x"}]'),
        ("is_provisional", True),
    ],
)
def test_what_a_clock_keeps_besides_is_under_its_digest(
    lead: Matter, column: str, value: object
) -> None:
    timer = Timer.objects.get(matter=lead, key="feedback")
    sql = f"UPDATE matters_timer SET {column} = %s WHERE id = %s"  # noqa: S608
    run(sql, value, timer.pk)
    assert "clock 'feedback': one of param," in told(lead)


def test_clocks_that_are_gone_or_added_are_named(lead: Matter) -> None:
    run("UPDATE matters_timer SET key = 'x' WHERE matter_id = %s AND key = 'feedback'", lead.pk)
    found = told(lead)
    assert "clock 'feedback' is gone" in found
    assert "clock 'x' was added past the trail" in found


def test_a_clock_of_no_matter_is_named(lead: Matter) -> None:
    columns = [str(field.column) for field in Timer._meta.concrete_fields if field.name != "id"]
    names = ", ".join(columns)
    run(
        f"INSERT INTO matters_timer ({names}) SELECT "  # noqa: S608
        + ", ".join("7" if name == "matter_id" else name for name in columns)
        + " FROM matters_timer WHERE matter_id = %s AND key = 'feedback'",
        lead.pk,
    )
    assert verify().faults == ["matter 7: a clock was added past the trail"]


def test_clocks_of_older_entries_are_compared_without_their_digest(lead: Matter) -> None:
    timer = Timer.objects.get(matter=lead, key="feedback")
    forge_last(lead, clocks={"feedback": journal.clock_told(timer)[:-1]})
    assert verify().faults == []
    run("UPDATE matters_timer SET late_from = NULL WHERE id = %s", timer.pk)
    assert "clock 'feedback': late_from" in told(lead)


def forge_last(lead: Matter, **changes: object) -> None:
    """Tell something else in the last entry, well chained, as an older release or a forger may."""
    last = Entry.objects.filter(matter_id=lead.pk).order_by("-seq")[0]
    line = from_bytes(bytes(last.body))
    forged = type(line)(**{**line.__dict__, "changes": {**line.changes, **changes}})
    body = to_bytes(forged, previous=bytes(last.body)[33:65])
    head = trail.digest(body)
    with tampering():
        run(
            "UPDATE matters_entry SET body = %s, hash = %s WHERE matter_id = %s AND seq = %s",
            body,
            head,
            lead.pk,
            last.seq,
        )
    run("UPDATE matters_matter SET head = %s WHERE id = %s", head, lead.pk)


@pytest.mark.parametrize(
    "changes",
    [
        {"clocks": {"feedback": [0]}},
        {"clocks": {"feedback": 5}},
        {"columns": {"is_open": [1, "x"]}},
    ],
)
def test_a_forged_entry_that_tells_nonsense_is_named(
    lead: Matter, changes: dict[str, object]
) -> None:
    forge_last(lead, **changes)
    assert "its entries tell what can't be compared" in told(lead)


@pytest.mark.parametrize("changes", [{"columns": 5}, {"clocks": 5}, {"facts": {"title": 1}}])
def test_a_forged_entry_of_another_shape_is_named(lead: Matter, changes: dict[str, object]) -> None:
    forge_last(lead, **changes)
    assert "its changes aren't those of an entry" in "\n".join(verify().faults)


@pytest.mark.parametrize("column", ["moved_at", "due_at", "late_from"])
def test_projections_of_a_matter_follow_from_its_trail(lead: Matter, column: str) -> None:
    sql = f"UPDATE matters_matter SET {column} = %s WHERE id = %s"  # noqa: S608
    run(sql, "2027-04-02 00:00:00", lead.pk)
    assert f"{column} was changed past the trail" in told(lead)


def test_rungs_are_compared_with_the_entries_of_the_clock(lead: Matter) -> None:
    rung = RungFired.objects.filter(timer__matter=lead).order_by("id")[0]
    run("UPDATE matters_rungfired SET act = 'x' WHERE id = %s", rung.pk)
    found = told(lead)
    assert f"its rung {rung.offset} is gone or was changed" in found
    assert f"a rung {rung.offset} was added" in found


def test_recusals_that_are_gone_or_added_are_named(lead: Matter) -> None:
    recusal = Recusal.objects.filter(matter=lead, person=None)[0]
    run("UPDATE matters_recusal SET unit_id = NULL WHERE id = %s", recusal.pk)
    found = told(lead)
    assert "a recusal is gone or was changed past the trail" in found
    assert "a recusal was added past the trail" in found


@pytest.mark.parametrize(
    ("column", "value", "named"),
    [
        ("content", '{"copy_mark": ""}', "content was changed"),
        ("issued_on", "2026-03-09", "issued_on was changed"),
        ("issued_by_id", None, "issued_by_id was changed"),
        ("made_at", "2026-03-09 00:00:00", "made_at was changed"),
        ("number", "x", "is gone"),
        ("version", 9, "version 9 was added past the trail"),
    ],
)
def test_papers_are_compared_copy_by_copy(
    lead: Matter, column: str, value: object, named: str
) -> None:
    copy = lead.papers.order_by("id")[0]
    sql = f"UPDATE matters_papercopy SET {column} = %s WHERE id = %s"  # noqa: S608
    run(sql, value, copy.pk)
    assert named in told(lead)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("name", "x.jpg"),
        ("digest", "0" * 64),
        ("size", 1),
        ("mime", "image/png"),
        ("view_digest", ""),
        ("uploaded_at", "2026-03-09 00:00:00"),
        ("uploaded_by_id", None),
    ],
)
def test_files_are_compared_with_what_was_attached(
    lead: Matter, column: str, value: object
) -> None:
    sql = f"UPDATE matters_attachment SET {column} = %s WHERE matter_id = %s"  # noqa: S608
    run(sql, value, lead.pk)
    found = told(lead)
    assert "file '入井口.jpg' is gone or was changed past the trail" in found
    assert "was added past the trail" in found


def test_the_bytes_of_files_are_hashed_when_asked(lead: Matter) -> None:
    digest = Attachment.objects.get(matter=lead).digest
    path = settings.HOME / "files" / digest[:2] / digest
    whole = path.read_bytes()
    for spoilt in (whole[:-1] + bytes([whole[-1] ^ 1]), None):
        path.unlink(missing_ok=True)
        if spoilt:
            path.write_bytes(spoilt)
        assert verify().faults == []
        assert told(lead, files=True).endswith(f"file {digest} is gone or was changed")
    with pytest.raises(CommandError, match="个文件，有 1 处不符"):
        call_command("verify", "--files", stdout=StringIO())


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("title", "x"),
        ("ledger", "x"),
        ("is_void", True),
        ("version", 2),
        ("valid_from", "2026-03-09"),
        ("facts", '{"name": "x"}'),
    ],
)
def test_records_are_compared(county: County, column: str, value: object) -> None:
    record = write_record(CHANNEL, by=county.actor("office"), now=NOW, facts=FACTS)
    assert verify().faults == []
    sql = f"UPDATE matters_record SET {column} = %s WHERE id = %s"  # noqa: S608
    run(sql, value, record.pk)
    named = "fact 'name'" if column == "facts" else column
    assert f"matter {record.pk}: {named} was changed past the trail" in verify().faults


def test_a_record_that_no_entry_tells_of_is_named(county: County) -> None:
    record = write_record(CHANNEL, by=county.actor("office"), now=NOW, facts=FACTS)
    names = ", ".join(str(one.column) for one in Record._meta.concrete_fields if one.name != "id")
    run(
        f"INSERT INTO matters_record (id, {names}) SELECT 8, {names} FROM matters_record"  # noqa: S608
        " WHERE id = %s",
        record.pk,
    )
    assert verify().faults == ["matter 8: the record was added past the trail"]


def test_files_of_records_of_which_no_entry_tells_are_left_alone(county: County) -> None:
    office = county.actor("office")
    file = keep_file(PNG, name="门口.png", by=office, now=NOW)
    record = write_record(CHANNEL, by=office, now=NOW, facts=FACTS)
    # Releases before this one didn't write files of records into the trail.
    run("UPDATE matters_attachment SET record_id = %s WHERE id = %s", record.pk, file.pk)
    assert verify().faults == []


def test_a_paused_clock_is_compared_without_a_due_moment(lead: Matter) -> None:
    timer = Timer.objects.get(matter=lead, key="feedback")
    timer.suspensions = [{"from": NOW.isoformat(), "reason": "等待检测"}]
    clocks.project(timer, matter=lead, on=NOW.date())
    with engine_writes():
        keep(timer)
    forge_last(lead, clocks={"feedback": journal.clock_told(timer)})
    never = journal.stamp(FAR)
    due = "UPDATE matters_matter SET due_at = %s, late_from = %s WHERE id = %s"
    run(due, never, never, lead.pk)
    assert verify().faults == []
    run("UPDATE matters_timer SET due_at = '2026-04-02 00:00:00' WHERE id = %s", timer.pk)
    assert "clock 'feedback': due_at was changed past the trail" in told(lead)


def test_facts_that_are_no_facts_are_named(lead: Matter) -> None:
    run("UPDATE matters_facts SET data = '[]' WHERE matter_id = %s", lead.pk)
    assert "fact names and values can't be read" in told(lead)


def test_a_step_after_late_rungs_leaves_everything_told(county: County, lead: Matter) -> None:
    now = NOW + timedelta(days=10)
    by = county.actor("receiver", on=now.date())
    take_step(lead.pk, "acknowledge", by=by, now=now)
    assert verify().faults == []
