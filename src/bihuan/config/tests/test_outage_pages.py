"""A full disk and a database that is away are told in a sentence, on every face, never as 500."""

import errno
import json
from collections.abc import Callable, Iterator

import psycopg
import pytest
from django.conf import LazySettings as Settings
from django.db import OperationalError, connection
from django.test import Client
from tests.people import County

from bihuan.config.bodies import Body, Refusal, _put
from bihuan.config.disk import reserve_from
from bihuan.config.wrong import WrongSetting
from bihuan.database import outages
from bihuan.database.outages import AWAY, FULL

pytestmark = pytest.mark.django_db
type Execute = Callable[..., object]


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    yield
    outages.forget()


def failing(cause: Exception) -> Callable[..., object]:
    """Every statement fails for this cause, as Django tells it."""

    def wrapper(_execute: Execute, *_given: object) -> object:
        raise OperationalError("storage") from cause

    return wrapper


NO_DISK = OSError(errno.ENOSPC, "no room")
GONE = psycopg.OperationalError("connection refused")


@pytest.mark.parametrize(("cause", "outage"), [(NO_DISK, FULL), (GONE, AWAY)])
@pytest.mark.parametrize("path", ["/published", "/desk/m/lead/", "/api/v1/matters"])
def test_each_face_says_what_is_the_matter(
    county: County, path: str, cause: Exception, outage: outages.Outage
) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(county.users["office"])
    with connection.execute_wrapper(failing(cause)):
        answer = client.get(path)
    assert answer.status_code == outage.status
    assert answer.headers["Cache-Control"] == "no-store"
    if path.startswith("/api/"):
        told = json.loads(answer.content)
        assert (told["status"], told["detail"]) == (outage.status, outage.sentence)
    else:
        is_public = not path.startswith("/desk/")
        assert (outage.public if is_public else outage.sentence) in answer.text
        assert f'<p class="status">{outage.status}</p>' in answer.text


def test_an_operation_of_the_api_says_so_itself(county: County) -> None:
    """Without a session nothing is asked of the database before the operation."""
    client = Client(raise_request_exception=False)
    tip = {"words": "夜班超定员。", "kind": "major_hazard"}
    with connection.execute_wrapper(failing(NO_DISK)):
        answer = client.post("/api/v1/tip-offs", tip, content_type="application/json")
    assert answer.status_code == FULL.status
    assert json.loads(answer.content)["detail"] == FULL.sentence


def test_a_fault_of_the_program_stays_one(county: County) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(county.users["office"])
    with connection.execute_wrapper(failing(ValueError("a fault"))):
        assert client.get("/desk/m/lead/").status_code == 500


def test_health_tells_of_writes_that_were_refused(client: Client, county: County) -> None:
    assert "writes_refused" not in client.get("/health/ready").json()["alarms"]
    outages.outage_in(NO_DISK)
    assert "writes_refused" in client.get("/health/ready").json()["alarms"]


class FullStream:
    """A file on a disk without room, or one that nobody may write."""

    def __init__(self, number: int) -> None:
        self.number = number

    def write(self, _piece: bytes) -> int:
        raise OSError(self.number, "as the system says")


@pytest.mark.once
def test_an_upload_that_the_disk_for_it_does_not_hold_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        _put(b"piece", Body(stream=FullStream(errno.ENOSPC)))  # type: ignore[arg-type]
    assert refused.value.status == 507
    with pytest.raises(PermissionError):
        _put(b"piece", Body(stream=FullStream(errno.EACCES)))  # type: ignore[arg-type]


@pytest.mark.once
def test_the_reserve_is_a_number_of_megabytes(settings: Settings) -> None:
    assert reserve_from({}) == 500_000_000
    assert reserve_from({"BIHUAN_DISK_RESERVE_MB": "20"}) == 20_000_000
    for wrong in ("0", "-1", "much", "1.5", "9999999"):
        with pytest.raises(WrongSetting, match="BIHUAN_DISK_RESERVE_MB"):
            reserve_from({"BIHUAN_DISK_RESERVE_MB": wrong})
