"""Names, order, encoding, end and header of files; what rejects a record (T1, T2, T3)."""

import pytest

from bihuan.telemetry.envelopes import Fault, name_of, open_envelope
from bihuan.telemetry.tests.inboxes import MINE, POINT, Inbox, definition, reading

pytestmark = pytest.mark.once
HEAD = f"{MINE};青石岭煤矿;2026-03-01 00:00:00"
NAME = f"{MINE}_CDSS_20260301080000.txt"
GOOD = reading("08:00:00", "0.5")


@pytest.mark.parametrize(
    "name",
    [
        "620823009203_CDSS_2026030108000.txt",
        "620823009203_CDSS_20260230080000.txt",
        "620823009203_CDSS_20260301240000.txt",
        "620823009203_CDSS_20260301080060.txt",
        "620823009203_CDSS_00000301080000.txt",
        "620823009203_cdss_20260301080000.txt",
        "620823009203_CDSS_20260301080000.TXT",
        "620823009203_CDSS_20260301080000.txt ",
        "62082300920_CDSS_20260301080000.txt",
        "620823009203__20260301080000.txt",
        "620823009203_CDSS_２0260301080000.txt",
        "620823009203_CDSS_20260301080000.txt\n",
    ],
)
def test_wrong_names(inbox: Inbox, name: str) -> None:
    inbox.put(name, f"{HEAD}~{GOOD}~||")
    assert inbox.rejected() == [("", "name")]
    assert name_of(name) is None


def test_a_name_may_be_longer_than_a_second(inbox: Inbox) -> None:
    inbox.put(f"{MINE}_CDSS_20260301080000123456789.txt", f"{HEAD}~{GOOD}~||")
    assert inbox.rejected() == [("0", "no_definition")]


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (f"{HEAD}~{GOOD}~||", None),
        (f"{HEAD}~{GOOD}||", None),
        (f"{HEAD}~{GOOD}~\r\n||\r\n ", None),
        (f"{HEAD}\r\n~\r\n{GOOD}\r\n~\r\n||", None),
        (f" {HEAD}~{GOOD}~||", None),
        (b"\xef\xbb\xbf" + f"{HEAD}~{GOOD}~||".encode(), None),
        (f"{HEAD}~{GOOD}~||".encode("gb18030"), None),
        (b"\xef\xbb\xbf" * 2 + f"{HEAD}~{GOOD}~||".encode(), Fault.HEADER_MINE),
        (b"\xef\xbb\xbf" + f"{HEAD}~{GOOD}~||".encode("gb18030"), Fault.ENCODING),
        (f"{HEAD}~{GOOD}~||".encode("utf-16"), Fault.ENCODING),
        (f"{HEAD}~{GOOD}~|".encode(), Fault.NO_END),
        (f"{HEAD}~{GOOD}~", Fault.NO_END),
        ("", Fault.NO_END),
        (f"{HEAD}~{GOOD}~||x", Fault.TEXT_AFTER_END),
        (f"{HEAD}~{GOOD}~||||", Fault.TEXT_AFTER_END),
        (f"{HEAD}~{GOOD}~|||", Fault.TEXT_AFTER_END),
        (f"{HEAD}~{GOOD}~||\t", Fault.TEXT_AFTER_END),
        (f"{HEAD}~{GOOD}~||{HEAD}~||", Fault.TEXT_AFTER_END),
        (f"{HEAD[:-1]}|;x~{GOOD}~||", None),
        ("||", Fault.HEADER_MINE),
        (f"~{HEAD}~{GOOD}~||", Fault.HEADER_MINE),
        (f"1{HEAD}~{GOOD}~||", Fault.HEADER_MINE),
        (f"\t{HEAD}~{GOOD}~||", Fault.HEADER_MINE),
    ],
)
def test_what_rejects_a_file(inbox: Inbox, data: str | bytes, fault: Fault | None) -> None:
    inbox.send("CDDY", 0, definition())
    inbox.put(NAME, data)
    assert inbox.rejected() == ([("", str(fault))] if fault else [])
    found = inbox.counts()
    assert (found["rejected_files"], found["readings"]) == ((1, 0) if fault else (0, 1))


@pytest.mark.parametrize(
    ("middle", "reasons"),
    [
        ("", []),
        ("~", [("1", "field_count")]),
        ("~~", [("1", "field_count"), ("2", "field_count")]),
        ("~ \r\n~", [("1", "field_count"), ("2", "field_count")]),
    ],
)
def test_an_empty_piece_is_a_rejected_record(
    inbox: Inbox, middle: str, reasons: list[tuple[str, str]]
) -> None:
    inbox.send("CDDY", 0, definition())
    inbox.put(NAME, f"{HEAD}~{GOOD}~{middle}{reading('08:00:30', '0.5')}~||")
    assert inbox.rejected() == reasons
    assert inbox.counts()["readings"] == 2


@pytest.mark.parametrize("text", [f"{HEAD}~||", f"{HEAD}||", f"{HEAD}~ ||"])
def test_a_header_alone_is_a_file(inbox: Inbox, text: str) -> None:
    inbox.put(NAME, text)
    assert inbox.counts() | {"episodes": 0} == inbox.counts()
    assert (inbox.counts()["files"], inbox.counts()["records"]) == (1, 0)
    assert inbox.rejected() == []


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (GOOD + ";", "field_count"),
        (";" + GOOD, "field_count"),
        (GOOD.rpartition(";")[0], "field_count"),
        (GOOD.replace(POINT, POINT[:-1]), "point_length"),
        (GOOD.replace(POINT, POINT + "1"), "point_length"),
        (GOOD.replace(POINT, ""), "point_length"),
        (GOOD.replace(POINT, "1" + POINT[1:]), "point_mine"),
        (GOOD.replace(POINT, POINT[:-1] + "东"), "no_definition"),
        (GOOD.replace(POINT, POINT[:-2] + "\u3000 "), "point_length"),
        (reading("2026-02-30 08:00:00", "1"), "time"),
        (reading("2026-03-01 8:00:00", "1"), "time"),
        (reading("2026-03-01  8:00:00", "1"), "time"),
        (reading("2026-03-01 08:00:00\t", "1"), "time"),
        (reading("08:00:00", "1", "256"), "status"),
        (reading("08:00:00", "1", ""), "status"),
        (reading("08:00:00", "1", "-1"), "status"),
        (reading("08:00:00", "1", "１"), "status"),
        (reading("08:00:00", "1", "9" * 5000), "status"),
        (reading("2026-03-02 08:00:01", "1"), "time_ahead"),
        (reading("2026-02-30 08:00:00", "1", "256"), "time"),
        (reading("2026-03-02 08:00:01", "1", "256"), "status"),
    ],
)
def test_what_rejects_a_record(inbox: Inbox, record: str, reason: str) -> None:
    inbox.send("CDDY", 0, definition())
    inbox.put(NAME, f"{HEAD}~{GOOD}~{record}~{reading('08:00:30', '0.5')}~||")
    assert inbox.rejected() == [("1", reason)]
    assert inbox.counts()["readings"] == 2


@pytest.mark.parametrize(
    "record",
    [
        f" {GOOD} ",
        "\r\n" + GOOD.replace(";", " ;\r\n") + "\n",
        reading("08:00:00", "1", "000000000255"),
        reading("2026-03-02 08:00:00", "1"),
        reading("2020-01-01 00:00:00", "1"),
    ],
)
def test_what_only_looks_wrong(inbox: Inbox, record: str) -> None:
    inbox.send("CDDY", 0, definition())
    inbox.put(NAME, f"{HEAD}~{record}~||")
    assert inbox.rejected() == []


def test_a_short_and_a_long_record_do_not_make_up_for_each_other(inbox: Inbox) -> None:
    inbox.send("CDDY", 0, definition())
    long, short = GOOD + ";", GOOD.rpartition(";")[0]
    inbox.put(NAME, f"{HEAD}~{long}~{short}~{reading('08:00:30', '0.5')}~||")
    assert inbox.rejected() == [("0", "field_count"), ("1", "field_count")]


def test_a_short_and_a_long_record_of_two_files_do_not_either(inbox: Inbox) -> None:
    inbox.send("CDDY", 0, definition())
    inbox.send("CDSS", 500, reading(481, "0.5") + ";", reading(482, "0.5"))
    inbox.send("CDSS", 501, reading(483, "0.5"), reading(484, "0.5").rpartition(";")[0])
    assert inbox.rejected() == [("0", "field_count"), ("1", "field_count")]
    assert inbox.counts()["readings"] == 2


def test_a_mark_of_byte_order_in_a_record_is_no_blank(inbox: Inbox) -> None:
    inbox.send("CDDY", 0, definition())
    inbox.put(NAME, f"{HEAD}~\ufeff{GOOD}~||")
    assert inbox.rejected() == [("0", "point_length")]


def test_definitions_are_rejected_by_record_too(inbox: Inbox) -> None:
    ahead = definition(at="2026-03-02 00:00:01")
    inbox.send("CDDY", 0, definition(at="2026-03-02 00:00:00"), ahead, "x", definition(at=""))
    assert inbox.rejected() == [("1", "time_ahead"), ("2", "field_count"), ("3", "time")]
    assert inbox.counts()["records"] == 0


def test_other_kinds_are_opened_and_not_read(inbox: Inbox) -> None:
    inbox.send("KGBH", 0, "what;ever")
    inbox.send("TJSJ", 0, "what;ever")
    inbox.put(f"{MINE}_RYSS_20260301000000.txt", "1~||")
    assert inbox.rejected() == [("", "header_mine")]
    assert inbox.counts()["files"] == 3


def test_the_later_file_has_the_reading(inbox: Inbox) -> None:
    """The digits padded to twenty decide, then the name, then the path, then the record."""
    digits = ("20260301080000", "202603010800000", "2026030108000000000001", "20260301080000000001")
    inbox.send("CDDY", 0, definition())
    for number, tail in enumerate(digits):
        record = reading("08:00:00", f"{number + 1}")
        inbox.put(f"{MINE}_CDSS_{tail}.txt", f"{HEAD}~{record}~||")
    assert inbox.counts()["duplicates"] == 3
    assert inbox.rows("upper_limit") == ["alarm 08:00:00 - 4 08:00:00 1 no"]
    again = "".join(reading("08:00:00", value) + "~" for value in ("6", "5"))
    inbox.put(f"a/{MINE}_CDSS_{digits[3]}.txt", f"{HEAD}~{again}||")
    assert inbox.rows("upper_limit") == ["alarm 08:00:00 - 5 08:00:00 1 no"]


def test_readings_that_nobody_defined_are_listed(inbox: Inbox) -> None:
    inbox.send("CDSS", 1, reading(0, "1"), reading(0, "2"), reading(1, "3"))
    assert inbox.rejected() == [("1", "no_definition"), ("2", "no_definition")]
    assert (inbox.counts()["waiting"], inbox.counts()["duplicates"]) == (2, 1)


def test_an_empty_folder(inbox: Inbox) -> None:
    assert inbox.judged().summary.startswith("files=0 rejected_files=0 records=0 readings=0 ")


def test_links_to_files_are_files_and_other_things_are_nothing(inbox: Inbox) -> None:
    inbox.send("CDDY", 0, definition(), within="deep/er/")
    name = f"{MINE}_CDDY_20260301000000.txt"
    (inbox.folder / "link").mkdir()
    (inbox.folder / "link" / name).symlink_to(inbox.folder / "deep" / "er" / name)
    (inbox.folder / "round").symlink_to(inbox.folder)
    (inbox.folder / "nowhere").symlink_to(inbox.folder / "not there")
    assert inbox.counts()["files"] == 2


def test_the_body_of_a_file_ends_every_record() -> None:
    body = open_envelope(f"{HEAD}~a~b||".encode(), mine=MINE)
    assert not isinstance(body, Fault)
    assert (body.records, body.pieces) == (b"a~b~", ["a", "b"])
