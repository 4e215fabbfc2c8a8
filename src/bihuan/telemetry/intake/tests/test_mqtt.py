"""MQTT against a real broker: durable first, then acknowledged; killed, doubled, late, huge."""

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bihuan.telemetry.intake.arriving import Arrivals, Arrived
from bihuan.telemetry.intake.brokers import Broker
from bihuan.telemetry.intake.mqtt import SIZE, TOPIC_MINE, Subscription
from bihuan.telemetry.intake.tests.mosquitto import (
    PATIENCE_S,
    Mosquitto,
    eventually,
    guarded,
    publish,
)
from bihuan.telemetry.intake.tests.papers import made_papers

pytestmark = [pytest.mark.slow, pytest.mark.once]
MINE, OTHER = "140000000001", "140000000002"
type Joined = Callable[..., Arrivals]


def name(number: int, *, mine: str = MINE) -> str:
    return f"{mine}_CDSS_20260301080000{number:06}.txt"


def file(number: int, *, mine: str = MINE) -> tuple[str, bytes]:
    """Topic and payload of a file."""
    return f"bihuan/{mine}/{name(number, mine=mine)}", f"{mine};{number}~||".encode()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    """A broker that isn't running yet."""
    one = Mosquitto(tmp_path)
    yield one
    one.stop()


@pytest.fixture
def mosquitto(broker: Mosquitto) -> Mosquitto:
    """A broker that listens."""
    broker.start()
    return broker


@pytest.fixture
def joined() -> Iterator[Joined]:
    """Subscribe to a broker; ended with the test."""
    subscriptions: list[Subscription] = []

    def join(broker: Mosquitto, *, is_there: bool = True, **more: int) -> Arrivals:
        arrivals = Arrivals(room_bytes=more.pop("room_bytes", 1 << 24))
        one = Subscription(broker.broker(), arrivals, **more)
        subscriptions.append(one)
        one.start()
        if is_there:
            eventually(lambda: not one.trouble)
        return arrivals

    join.all = subscriptions  # type: ignore[attr-defined]
    yield join
    for one in subscriptions:
        one.stop()


def taken(arrivals: Arrivals, count: int) -> list[Arrived]:
    """This many files, as they come."""
    found: list[Arrived] = []
    while len(found) < count:
        more = arrivals.take(wait_s=PATIENCE_S)
        assert more, f"only {len(found)} of {count} came"
        found += more
    return found


def names(arrived: list[Arrived]) -> list[str]:
    return [one.name for one in arrived]


def acknowledge(arrived: list[Arrived]) -> None:
    for one in arrived:
        one.acknowledge()


def leave(join: Joined) -> None:
    """End every subscription so far, as at the end of a process."""
    held = join.all  # type: ignore[attr-defined]
    while held:
        held.pop().stop()


def stays_away(mosquitto: Mosquitto, join: Joined, came: list[Arrived]) -> bool:
    """Whether what is acknowledged comes no more; the last word may be lost with a connection."""
    for _ in range(3):
        acknowledge(came)
        leave(join)
        came = join(mosquitto).take(wait_s=0.3)
        if not came:
            return True
    return False


def test_a_file_comes_as_it_was_published(mosquitto: Mosquitto, joined: Joined) -> None:
    arrivals = joined(mosquitto)
    publish(mosquitto.port, [file(1)])
    (one,) = taken(arrivals, 1)
    assert (one.name, one.path, one.content) == (name(1), "", file(1)[1])
    assert (one.channel, one.fault) == ("mqtt", "")


def test_what_was_acknowledged_does_not_come_again(mosquitto: Mosquitto, joined: Joined) -> None:
    arrivals = joined(mosquitto)
    publish(mosquitto.port, [file(number) for number in range(4)])
    came = taken(arrivals, 4)
    acknowledge(came[:2])
    leave(joined)
    again = joined(mosquitto)
    assert names(taken(again, 2)) == [name(2), name(3)]


def test_what_nobody_will_acknowledge_is_asked_for_again(
    mosquitto: Mosquitto, joined: Joined
) -> None:
    arrivals = joined(mosquitto)
    publish(mosquitto.port, [file(number) for number in range(3)])
    came = taken(arrivals, 3)
    acknowledge(came[:1])
    joined.all[0].forget()  # type: ignore[attr-defined]
    again = taken(arrivals, 2)
    assert names(again) == [name(1), name(2)]
    acknowledge(came[1:])  # too late: they are others now
    acknowledge(again[:1])
    leave(joined)
    assert names(taken(joined(mosquitto), 1)) == [name(2)]


def test_the_same_payload_twice_comes_twice(mosquitto: Mosquitto, joined: Joined) -> None:
    arrivals = joined(mosquitto)
    publish(mosquitto.port, [file(1), file(1)])
    assert names(taken(arrivals, 2)) == [name(1), name(1)]


def test_a_late_acknowledgement_never_ends_another_message(
    mosquitto: Mosquitto, joined: Joined
) -> None:
    """A broker that lost everything counts from one again: an old number is another file now."""
    arrivals = joined(mosquitto)
    publish(mosquitto.port, [file(1)])
    (old,) = taken(arrivals, 1)
    mosquitto.kill()
    for kept in mosquitto.kept.iterdir():
        kept.unlink()
    mosquitto.start()
    (subscription,) = joined.all  # type: ignore[attr-defined]
    eventually(lambda: not subscription.trouble)
    publish(mosquitto.port, [file(2)])
    assert names(taken(arrivals, 1)) == [name(2)]
    old.acknowledge()
    leave(joined)
    assert names(taken(joined(mosquitto), 1)) == [name(2)]


def test_a_broker_killed_in_flight_sends_again(mosquitto: Mosquitto, joined: Joined) -> None:
    arrivals = joined(mosquitto)
    publish(mosquitto.port, [file(number) for number in range(5)])
    came = taken(arrivals, 5)
    mosquitto.save()
    eventually(lambda: name(4) in mosquitto.saved())
    mosquitto.kill()
    acknowledge(came)  # nobody hears it
    mosquitto.start()
    assert sorted(names(taken(arrivals, 5))) == names(came)


def test_killed_before_the_acknowledgement_it_comes_again(
    mosquitto: Mosquitto, joined: Joined
) -> None:
    program = (
        "import sys\n"
        "from bihuan.telemetry.intake.arriving import Arrivals\n"
        "from bihuan.telemetry.intake.brokers import Broker\n"
        "from bihuan.telemetry.intake.mqtt import Subscription\n"
        "arrivals = Arrivals()\n"
        "Subscription(Broker(host='127.0.0.1', port=int(sys.argv[1])), arrivals).start()\n"
        "while True:\n"
        "    for one in arrivals.take(wait_s=10):\n"
        "        print(one.name, flush=True)\n"
    )
    joined(mosquitto)  # so that the broker knows the session
    leave(joined)
    publish(mosquitto.port, [file(1)])
    command = [sys.executable, "-c", program, str(mosquitto.port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - ours
        assert process.stdout is not None
        assert process.stdout.readline().strip() == name(1)
        process.kill()
    assert names(taken(joined(mosquitto), 1)) == [name(1)]


def test_five_thousand_files_while_we_were_away(mosquitto: Mosquitto, joined: Joined) -> None:
    joined(mosquitto)
    leave(joined)
    files = [file(number) for number in range(5_000)]
    publish(mosquitto.port, files)
    arrivals = joined(mosquitto, room_bytes=4_096)
    came: list[str] = []
    while len(came) < len(files):
        some = taken(arrivals, 1)
        acknowledge(some)
        came += names(some)
    assert came == [name(number) for number in range(5_000)]


def test_without_room_the_rest_stays_with_the_broker(mosquitto: Mosquitto, joined: Joined) -> None:
    arrivals = joined(mosquitto, room_bytes=40)
    publish(mosquitto.port, [file(number) for number in range(20)])
    eventually(lambda: len(arrivals) == 2)
    leave(joined)  # doesn't wait for room
    assert len(arrivals) == 2
    assert names(taken(joined(mosquitto), 20)) == [name(number) for number in range(20)]


def test_what_the_channel_refuses_says_why(mosquitto: Mosquitto, joined: Joined) -> None:
    arrivals = joined(mosquitto, file_bytes_max=64)
    strange = f"bihuan/{OTHER}/{name(1)}"
    files = [
        (strange, b"x"),
        (file(2)[0], bytes(65)),
        (f"bihuan/{MINE}/wrong.txt", b"x"),
        file(3),
    ]
    publish(mosquitto.port, files)
    came = taken(arrivals, 4)
    assert [one.fault for one in came] == [TOPIC_MINE, SIZE, "", ""]
    assert [len(one.content) for one in came] == [1, 65, 1, len(file(3)[1])]
    assert stays_away(mosquitto, joined, came)


def test_a_large_file_comes_whole(mosquitto: Mosquitto, joined: Joined) -> None:
    content = bytes(range(256)) * 4096 * 9
    arrivals = joined(mosquitto, file_bytes_max=len(content))
    publish(mosquitto.port, [(file(1)[0], content)])
    (one,) = taken(arrivals, 1)
    assert one.content == content
    assert one.fault == ""


def test_a_retained_file_comes_to_a_new_session_and_once(
    mosquitto: Mosquitto, joined: Joined
) -> None:
    publish(mosquitto.port, [file(1)], retain=True)
    assert stays_away(mosquitto, joined, taken(joined(mosquitto), 1))


@pytest.mark.parametrize("qos", [0, 2])
def test_other_qualities_of_service_come_too(
    mosquitto: Mosquitto, joined: Joined, qos: int
) -> None:
    arrivals = joined(mosquitto)
    publish(mosquitto.port, [file(1)], qos=qos)
    acknowledge(taken(arrivals, 1))


def test_a_broker_that_comes_later_is_found(broker: Mosquitto, joined: Joined) -> None:
    arrivals = joined(broker, is_there=False)
    (subscription,) = joined.all  # type: ignore[attr-defined]
    eventually(lambda: "连不上消息服务器" in subscription.trouble)
    broker.start()
    eventually(lambda: not subscription.trouble)
    publish(broker.port, [file(1)])
    assert names(taken(arrivals, 1)) == [name(1)]


def test_with_tls_a_mine_reaches_its_own_topic_alone(tmp_path: Path) -> None:
    papers = made_papers(tmp_path)
    with guarded(tmp_path, papers) as broker:
        arrivals = Arrivals()
        one = Subscription(
            broker.broker(has_tls=True, ca=papers.ca, user="bihuan", password="1"), arrivals
        )
        one.start()
        try:
            eventually(lambda: not one.trouble)
            publish(broker.port, [file(1, mine=OTHER), file(2, mine=MINE)], ca=papers.ca)
            assert names(taken(arrivals, 1)) == [name(2)]
        finally:
            one.stop()


# paho leaves the socket of a failed handshake to the collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"password": "1"}, "连不上消息服务器"),  # signed by somebody unknown
        ({"ca": "ca", "password": "2"}, "不让连接"),
    ],
)
def test_who_is_not_let_in_is_told_why(given: dict[str, str], words: str, tmp_path: Path) -> None:
    papers = made_papers(tmp_path)
    more = {**given, "ca": papers.ca if "ca" in given else None}
    with guarded(tmp_path, papers) as broker:
        told = broker.broker(has_tls=True, user="bihuan", **more)
        one = Subscription(told, Arrivals())
        one.start()
        try:
            eventually(lambda: words in one.trouble)
        finally:
            one.stop()


def test_a_subscription_that_is_refused_is_told() -> None:
    def answering(server: socket.socket) -> None:
        with server.accept()[0] as peer:
            peer.recv(1024)
            peer.sendall(b"\x20\x03\x00\x00\x00")
            number = peer.recv(1024)[2:4]
            peer.sendall(b"\x90\x04" + number + b"\x00\x87")
            eventually(lambda: "不让订阅" in one.trouble)

    with socket.create_server(("127.0.0.1", 0)) as server:
        one = Subscription(Broker(host="127.0.0.1", port=server.getsockname()[1]), Arrivals())
        one.start()
        try:
            answering(server)
        finally:
            one.stop()
