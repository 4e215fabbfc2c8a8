"""A peer's key is registered by its fingerprint, replaced by a new one, and refused otherwise."""

from pathlib import Path

import pytest
from django.conf import LazySettings as Settings
from tests.people import NOW, County

from bihuan.exchange.identity import PublicIdentity, key_file, own_identity, read_key_file
from bihuan.exchange.models import Peer
from bihuan.exchange.peers import by_key_id, is_outside, peer_named, trust
from bihuan.matters.refusals import Refused


@pytest.fixture
def key(settings: Settings, tmp_path: Path) -> Path:
    """The key file of another deployment, named 甲."""
    return key_of("甲", settings, tmp_path)


def key_of(name: str, settings: Settings, folder: Path) -> Path:
    before, settings.HOME = settings.HOME, folder / name
    path = folder / f"{name}.json"
    path.write_text(key_file(name), "utf-8")
    settings.HOME = before
    return path


def register(
    key: Path, *, role: str = "city", fingerprint: str | None = None, region: str = ""
) -> Peer:
    name, public = read_key_file(key)
    told = public.fingerprint if fingerprint is None else fingerprint
    return trust(public, name=name, role=role, fingerprint=told, now=NOW, region=region)


def test_the_secret_stays_the_same_and_to_itself(settings: Settings) -> None:
    first = own_identity().public
    assert own_identity().public == first
    path = Path(settings.HOME) / "secrets" / "exchange"
    assert path.stat().st_mode & 0o077 == 0
    assert first.fingerprint.replace(" ", "").isdigit()


@pytest.mark.django_db
def test_without_the_fingerprint_it_is_told_and_nothing_registered(key: Path) -> None:
    fingerprint = read_key_file(key)[1].fingerprint
    with pytest.raises(Refused, match=fingerprint):
        register(key, fingerprint="")
    with pytest.raises(Refused, match="指纹不一致"):
        register(key, fingerprint=fingerprint[::-1])
    assert not Peer.objects.exists()
    assert register(key, fingerprint=fingerprint.replace(" ", "")).name == "甲"


@pytest.mark.django_db
def test_a_new_key_takes_the_place_of_the_old_one(
    key: Path, settings: Settings, tmp_path: Path
) -> None:
    old = register(key)
    new = register(key_of("乙", settings, tmp_path))
    assert peer_named("") == new
    with pytest.raises(Refused, match="已经换了新密钥"):
        by_key_id(old.key_id)
    with pytest.raises(Refused, match="没有登记"):
        by_key_id("0" * 16)
    assert register(key) == old, "an old key may be registered again"
    assert peer_named("") == old


def test_an_outer_machine_is_an_empty_one(county: County, key: Path) -> None:
    with pytest.raises(Refused, match="已有单位或事项"):
        register(key, role="inside")
    assert not is_outside()


def test_a_county_has_a_place_and_a_name_of_its_own(
    neighbour: County, key: Path, settings: Settings, tmp_path: Path
) -> None:
    for wrong in ("", "999999"):
        with pytest.raises(Refused, match="区划代码"):
            register(key, role="county", region=wrong)
    register(key, role="county", region="990121")
    (tmp_path / "other").mkdir()
    namesake = key_of("甲", settings, tmp_path / "other")
    with pytest.raises(Refused, match="同名的另一个下级"):
        register(namesake, role="county", region="990122")


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"format": "bihuan exchange key 1"}'])
def test_what_is_no_key_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "key.json"
    path.write_text(text, "utf-8")
    with pytest.raises(Refused, match="不是交换密钥文件"):
        read_key_file(path)
    path.write_text(key_file("自己"), "utf-8")
    with pytest.raises(Refused, match="自己的密钥"):
        register(path)


def test_a_fingerprint_covers_both_halves() -> None:
    halves = PublicIdentity(sign=bytes(32), seal=bytes(32))
    others = (PublicIdentity(sign=b"\1" * 32, seal=bytes(32)),
              PublicIdentity(sign=bytes(32), seal=b"\1" * 32))  # fmt: skip
    assert all(one.fingerprint != halves.fingerprint for one in others)
