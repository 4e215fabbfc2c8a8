"""Numbers, states and times as they are written (T4, T6, T17, T18)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.telemetry.dialect import dialect
from bihuan.telemetry.envelopes import Body, name_of
from bihuan.telemetry.notation import decimal_of, line_of, number_of, status_of, time_of
from bihuan.telemetry.parsing import parse
from bihuan.telemetry.sources import Source
from bihuan.telemetry.tests.inboxes import MINE, Inbox, definition, reading
from bihuan.telemetry.tests.oracle.files import t4_number, t6_status_is_known, t17_time
from bihuan.telemetry.tests.oracle.words import t18_number

pytestmark = pytest.mark.once
NONE = ["", "nan", "inf", "1_0", "１", "1 0", "0x1", ".", "+", "1e", "1e0001", "1e400", "-1e400"]
NONE += ["-9999", "-9999.0", "-9.999e3", "-09999", "--1", "1.2.3", "1,0", "\u00a01", "1\t", "½"]
SOME = {"1": 1, "1.": 1, ".5": 0.5, "+.5e+0": 0.5, "-0.0": 0, "1E3": 1000, "1e-999": 0, "007": 7}
SOME |= {"1.7976931348623157e308": 1.7976931348623157e308, "0.1": 0.1, "9" * 20: 1e20}


@pytest.mark.parametrize("text", NONE)
def test_no_number(text: str) -> None:
    assert number_of(text, missing=-9999.0) is None
    assert t4_number(text) is None


@pytest.mark.parametrize("text", SOME)
def test_a_number(text: str) -> None:
    assert number_of(text, missing=-9999.0) == SOME[text]
    assert t4_number(text) == SOME[text]


def test_a_reading_without_a_number_is_no_fault(inbox: Inbox) -> None:
    inbox.send("CDDY", 0, definition())
    inbox.send("CDSS", 60, *(reading(n, text) for n, text in enumerate(NONE)))
    assert inbox.rejected() == []
    assert inbox.counts()["readings"] == len(NONE)
    assert inbox.rows("upper_limit") == []


@given(st.text("0123456789.+-eE_ naif１", max_size=8))
def test_both_read_the_same_number(text: str) -> None:
    assert number_of(text, missing=-9999.0) == t4_number(text)


@given(st.text("0123456789+-１²", max_size=5))
def test_both_read_the_same_status(text: str) -> None:
    assert (status_of(text) is not None) == t6_status_is_known(text)


@given(
    st.from_regex(
        r"[0-3][09][0-9]{2}-[01][0-9]-[0-3][0-9] [0-2][0-9]:[0-6]0:[0-5]9", fullmatch=True
    )
)
def test_both_read_the_same_time(text: str) -> None:
    assert time_of(text) == t17_time(text)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_decimal_reads_back_the_same(number: float) -> None:
    text = decimal_of(number)
    assert text == t18_number(number)
    assert float(text) == number
    assert "e" not in text.lower()
    assert not text.endswith(".0")
    assert text[0] not in ".+"
    assert len(text.replace(".", "").strip("-0")) <= 17


@pytest.mark.parametrize(
    ("number", "text"),
    [(1.0, "1"), (-0.0, "0"), (0.1, "0.1"), (1e22, "1" + "0" * 22), (1e-7, "0.0000001")],
)
def test_decimals(number: float, text: str) -> None:
    assert decimal_of(number) == text


def test_a_line_quotes_what_has_to_be() -> None:
    assert line_of(["a", "", "b,c", 'd"e', "f\ng", " h"]) == 'a,,"b,c","d""e","f\ng", h\n'


@given(
    st.lists(
        st.one_of(
            st.text("0123456789.+-eE_ naif１", max_size=9),
            st.from_regex(r"-?[0-9]{1,16}(\.[0-9]{0,17})?", fullmatch=True),
            st.floats().map(repr),
            st.just("-9999.00"),
        ),
        max_size=30,
    )
)
def test_a_column_is_read_as_each_of_its_fields(texts: list[str]) -> None:
    name = name_of(f"{MINE}_CDSS_20260301080000.txt")
    assert name is not None
    records = "".join(reading(n, text) + "~" for n, text in enumerate(texts)).encode()
    source = Source(name=name, path="", body=Body(header=b"", records=records))
    found, rejected = parse([source], dialect=dialect())
    assert rejected == []
    expected = [t4_number(text.strip("\r\n ")) for text in texts]
    assert [None if value != value else value for value in found.value.tolist()] == expected
