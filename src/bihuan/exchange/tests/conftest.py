"""A county inside and its portal outside: two data folders, each side seen in turn.

Both sides share the test's database, whose tables they never share: what the outer side holds
(waiting items, answers, the notice) isn't read inside, and an outer side never looks at matters.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings as Settings
from tests.people import NOW, County

from bihuan.exchange.answers import answers_load
from bihuan.exchange.identity import own_identity
from bihuan.exchange.models import Peer
from bihuan.exchange.peers import peer_named
from bihuan.exchange.sending import write
from bihuan.exchange.taking import Outcome, take
from bihuan.exchange.tips_out import tips_load
from bihuan.leads.key_ring import make_key
from bihuan.leads.sealing import Purpose
from bihuan.leads.stretching import Cost

CHEAP = Cost(memory_kib=64, passes=1, lanes=1)
PASSPHRASE = "南坡第三棵核桃树下面见过两次"
LATER = NOW + timedelta(minutes=5)


@dataclass
class Gap:
    """Both deployments and the stick between them."""

    county: County
    settings: Settings
    folder: Path
    written: int = 0

    @contextmanager
    def side(self, name: str) -> Iterator[None]:
        """Stand on one side: its data folder, its peer in force."""
        before = self.settings.HOME
        self.settings.HOME = self.folder / name
        self.settings.HOME.mkdir(exist_ok=True)
        other = Peer.objects.filter(role=Peer.Role.INSIDE)
        other.update(retired_at=None if name == "outside" else NOW)
        try:
            yield
        finally:
            self.settings.HOME = before

    def know_each_other(self) -> None:
        """Register the key of each side on the other."""
        for role in (Peer.Role.INSIDE, Peer.Role.OUTSIDE):
            with self.side(role.value):
                public = own_identity().public
            Peer.objects.create(
                role=role,
                name=role.label,
                key_id=public.key_id,
                sign=public.sign,
                seal=public.seal,
                fingerprint=public.fingerprint,
                trusted_at=NOW,
            )

    def out(self, *, now: datetime = NOW) -> Path:
        """Inside: write what the outer portal shows."""
        with self.side("inside"):
            peer = peer_named("外网公众端")
            path = self._path()
            write(answers_load(peer, now=now), path, peer=peer, now=now)
        return path

    def into(self, *, now: datetime = NOW, again: bool = False) -> Path:
        """Outside: write what reporters sent."""
        with self.side("outside"):
            peer = peer_named("内网工作端")
            path = self._path()
            write(tips_load(peer, again=again), path, peer=peer, now=now)
        return path

    def take(self, path: Path, side: str, *, now: datetime = LATER) -> Outcome:
        """Take a package on a side."""
        with self.side(side):
            return take(path, now=now)

    def show(self, *, now: datetime = NOW) -> Path:
        """Carry the way back once, out to the portal."""
        path = self.out(now=now)
        self.take(path, "outside", now=now)
        return path

    def carry(self, *, now: datetime = LATER) -> Outcome:
        """Carry the way in once."""
        return self.take(self.into(now=now), "inside", now=now)

    def _path(self) -> Path:
        self.written += 1
        return self.folder / f"{self.written}.bhp"


@pytest.fixture
def sealing_county(county: County) -> County:
    """青石县, ready to take tip-offs."""
    for account, purpose in (
        ("custodian", Purpose.IDENTITY),
        ("intake", Purpose.ACCOUNT),
        ("office", Purpose.ACCOUNT),
    ):
        by = county.actor(account)
        make_key(purpose, by=by, now=NOW, passphrase=PASSPHRASE, again=PASSPHRASE, cost=CHEAP)
    return county


@pytest.fixture
def gap(sealing_county: County, settings: Settings, tmp_path: Path) -> Gap:
    """青石县 inside with keys, its portal outside, which was told of them once."""
    pair = Gap(county=sealing_county, settings=settings, folder=tmp_path)
    pair.know_each_other()
    pair.show()
    return pair
