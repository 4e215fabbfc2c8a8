"""Readings by HTTP: whose mine, which file, durable before the answer, once."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from tests.people import NOW, County

from bihuan.accounts.models import Grant
from bihuan.api import callers
from bihuan.api.models import Token
from bihuan.api.rates import Rate
from bihuan.api.tests.conftest import FILE, FILE_NAME, MINE, As, Caller, caller_of
from bihuan.api.tokens import revoke_token
from bihuan.database.outages import FULL
from bihuan.places.models import Site
from bihuan.telemetry.intake.spool import SpoolReader

NEXT_DOOR = "990122000001"


@pytest.fixture(autouse=True)
def spool(settings: Any, tmp_path: Path) -> Path:
    """A spool of its own."""
    settings.HOME = tmp_path
    return tmp_path / "telemetry" / "spool"


@pytest.fixture
def firm(county: County) -> Caller:
    """A program of 青石岭煤业公司."""
    return caller_of(county, "firm")


def waiting(spool: Path) -> list[tuple[str, bytes]]:
    """Names and contents that wait to be read."""
    return [(one.name, one.content) for one in SpoolReader(spool).arrived()]


def test_a_file_is_taken_and_waits(firm: Caller, spool: Path) -> None:
    answer = firm.deliver(FILE, name=FILE_NAME)
    assert answer.status_code == 202
    digest = sha256(FILE).hexdigest()
    assert answer.json() == {"name": FILE_NAME, "bytes": len(FILE), "digest": digest}
    assert waiting(spool) == [(FILE_NAME, FILE)]


def test_sent_again_it_is_answered_the_same_and_waits_once(firm: Caller, spool: Path) -> None:
    first, second = (firm.deliver(FILE, name=FILE_NAME) for _ in range(2))
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert len(waiting(spool)) == 1
    other = FILE.replace("青".encode(), "紫".encode())
    assert firm.deliver(other, name=FILE_NAME).json()["digest"] != first.json()["digest"]
    assert len(waiting(spool)) == 2


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "application/json", ""])
def test_the_type_of_the_body_does_not_matter(firm: Caller, spool: Path, kind: str) -> None:
    assert firm.deliver(FILE, name=FILE_NAME, kind=kind).status_code == 202
    assert waiting(spool) == [(FILE_NAME, FILE)]


def refused(answer: Any, status: int, words: str, spool: Path) -> None:
    """A problem with a sentence, and nothing waits."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert words in answer.json()["detail"]
    assert not spool.exists() or not list(spool.iterdir())


@pytest.mark.parametrize(
    ("name", "content", "status", "words"),
    [
        ("x.txt", FILE, 422, "文件名不对"),
        (FILE_NAME.replace(".txt", "9" * 200 + ".txt"), FILE, 422, "180 个字符"),
        (f"../{FILE_NAME}", FILE, 422, "文件名不对"),
        (FILE_NAME.replace(MINE, NEXT_DOOR), FILE, 403, NEXT_DOOR),
        (FILE_NAME, FILE.replace(MINE.encode(), NEXT_DOOR.encode()), 403, "文件头"),
        (FILE_NAME, b"", 422, "没有结尾"),
        (FILE_NAME, FILE + b"x", 422, "之后还有内容"),
        (FILE_NAME, b"\xff\xff" + FILE, 422, "编码不对"),
    ],
)
def test_what_is_no_file_of_the_mine(
    firm: Caller, spool: Path, name: str, content: bytes, status: int, words: str
) -> None:
    refused(firm.deliver(content, name=name), status, words, spool)


def test_without_its_name(firm: Caller, spool: Path) -> None:
    answer = firm.post("/api/v1/telemetry", data=FILE, content_type="text/plain")
    refused(answer, 422, "X-File-Name", spool)


def test_wrapped_in_something_else(firm: Caller, spool: Path) -> None:
    form = firm.post("/api/v1/telemetry", {"a": "b"}, headers={"X-File-Name": FILE_NAME})
    refused(form, 415, "表单", spool)
    packed = firm.deliver(FILE, name=FILE_NAME, **{"Content-Encoding": "gzip"})
    refused(packed, 415, "压缩", spool)


def test_too_large(firm: Caller, spool: Path, settings: Any) -> None:
    settings.TELEMETRY_FILE_BYTES_MAX = len(FILE) - 1
    refused(firm.deliver(FILE, name=FILE_NAME), 413, "文件超过", spool)
    settings.TELEMETRY_FILE_BYTES_MAX = len(FILE)
    assert firm.deliver(FILE, name=FILE_NAME).status_code == 202


def test_larger_than_other_bodies_may_be(firm: Caller, spool: Path) -> None:
    content = FILE.replace(b"||", b"x" * 3_000_000 + b"||")
    assert firm.deliver(content, name=FILE_NAME).status_code == 202
    assert waiting(spool) == [(FILE_NAME, content)]


def test_too_much_waits(firm: Caller, spool: Path, settings: Any) -> None:
    settings.TELEMETRY_SPOOL_BYTES_MAX = len(FILE)
    assert firm.deliver(FILE, name=FILE_NAME).status_code == 202
    answer = firm.deliver(FILE.replace(b";", b"; ", 1), name=FILE_NAME)
    assert answer.status_code == 503
    assert answer["Retry-After"] == "30"
    assert "30 秒后再发" in answer.json()["detail"]
    assert firm.deliver(FILE, name=FILE_NAME).status_code == 202
    assert len(waiting(spool)) == 1


@contextmanager
def full_disk() -> Iterator[None]:
    """No file grows beyond a size that what is logged stays below."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_is_told_as_anywhere(firm: Caller, spool: Path) -> None:
    Token.objects.update(used_on=NOW.date())  # the database has nothing to write
    content = FILE.replace(b"||", b"x" * 1_000_000 + b"||")
    with full_disk():
        answer = firm.deliver(content, name=FILE_NAME)
    refused(answer, FULL.status, FULL.sentence, spool)
    assert firm.deliver(content, name=FILE_NAME).status_code == 202


def test_who_is_not_the_mine(county: County, neighbour: County, as_: As, spool: Path) -> None:
    refused(Caller().deliver(FILE, name=FILE_NAME), 401, "请先登录", spool)
    for account in ("office", "inspector", "system"):
        refused(as_(account).deliver(FILE, name=FILE_NAME), 403, "企业", spool)
    stranger = caller_of(neighbour, "firm")
    refused(stranger.deliver(FILE, name=FILE_NAME), 403, MINE, spool)
    assert (
        stranger.deliver(
            FILE.replace(MINE.encode(), NEXT_DOOR.encode()), name=FILE_NAME.replace(MINE, NEXT_DOOR)
        ).status_code
        == 202
    )


def test_a_session_is_not_enough(county: County, spool: Path) -> None:
    browser = Caller()
    browser.force_login(county.users["firm"])
    refused(browser.deliver(FILE, name=FILE_NAME), 401, "令牌", spool)


def test_what_was_taken_back_opens_nothing(county: County, firm: Caller, spool: Path) -> None:
    token = Token.objects.get(user=county.users["firm"])
    Grant.objects.filter(user=county.users["firm"]).update(until_on="2026-02-28")
    refused(firm.deliver(FILE, name=FILE_NAME), 403, "企业", spool)
    revoke_token(county.users["firm"], token_id=token.pk, now=NOW)
    refused(firm.deliver(FILE, name=FILE_NAME), 401, "令牌", spool)


def test_the_mine_changes_hands(county: County, firm: Caller, spool: Path) -> None:
    Site.objects.filter(code=MINE).update(firm=None)
    refused(firm.deliver(FILE, name=FILE_NAME), 403, MINE, spool)


def test_too_often(firm: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callers, "_rate", Rate(per_minute=1, burst=1))
    assert firm.deliver(FILE, name=FILE_NAME).status_code == 202
    assert firm.deliver(FILE, name=FILE_NAME).status_code == 429
