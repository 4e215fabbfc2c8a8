"""Writing a package for a peer: numbered, linked to the one before, there whole or not at all."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import IntegrityError, transaction

from bihuan.exchange.identity import own_identity
from bihuan.exchange.models import Package, Peer
from bihuan.exchange.packages import Head, Record, write_package
from bihuan.exchange.peers import identity_of
from bihuan.matters.refusals import Refused

EXISTS = "已有文件 {name}，没有覆盖。请换一个文件名。"
BUSY = "同时有另一个导出在进行，这一次没有写出。请过一会儿再运行。"


@dataclass(frozen=True, kw_only=True)
class Load:
    """What goes into a package, and what to note once it is written."""

    kind: str
    name: str
    records: Iterable[Record]
    counts: dict[str, int]  # as they are once the records were read
    mark: Callable[[int], None] | None = None  # is told the number of the package
    whole: bool = False
    after: int = 0  # the receiver has seen numbers up to this


def write(load: Load, path: Path, *, peer: Peer, now: datetime) -> Package:
    """Write a package to a new file; its number is taken only when the file is whole."""
    if path.exists():
        raise Refused(EXISTS.format(name=path.name))
    before = last_of(peer, is_ours=True)
    sequence = max(before.sequence if before else 0, load.after) + 1
    mine, theirs = own_identity(), identity_of(peer)
    head = Head(
        kind=load.kind,
        sender=mine.public.key_id,
        name=load.name,
        receiver=theirs.key_id,
        sequence=sequence,
        previous=before.digest if before and before.sequence == sequence - 1 else "",
        made_at=now.isoformat(),
        whole=load.whole,
    )
    part = path.with_name(f".{path.name}.part")
    try:
        with _new_file(part).open("r+b") as file:
            digest = write_package(
                file, head, load.records, signer=mine.signer, receiver=theirs.recipient
            )
            file.flush()
            os.fsync(file.fileno())
        package = _noted(load, peer=peer, sequence=sequence, digest=digest, now=now)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return package


def last_of(peer: Peer, *, is_ours: bool) -> Package | None:
    """The newest package that went to a peer, or came from one."""
    return Package.objects.filter(peer=peer, is_ours=is_ours).order_by("-sequence").first()


def _noted(load: Load, *, peer: Peer, sequence: int, digest: str, now: datetime) -> Package:
    try:
        with transaction.atomic():
            if load.mark is not None:
                load.mark(sequence)
            return Package.objects.create(
                peer=peer,
                is_ours=True,
                sequence=sequence,
                digest=digest,
                made_at=now,
                done_at=now,
                counts=dict(load.counts),
            )
    except IntegrityError as error:
        raise Refused(BUSY) from error


def _new_file(part: Path) -> Path:
    """An empty file that nobody else reads; one that a killed process left goes first."""
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    return part
