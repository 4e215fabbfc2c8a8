"""Hashes the files that attachments and papers name, each once."""

import hashlib
from collections.abc import Iterator

from bihuan.matters import files
from bihuan.matters.models import Attachment, PaperCopy


def spoilt_files() -> tuple[int, list[str]]:
    """How many files are named, and which of them are gone or don't have their digest."""
    looked_at = 0
    faults: list[str] = []
    known: dict[str, bool] = {}
    for owner, digest in _named():
        if digest not in known:
            looked_at += 1
            known[digest] = _is_whole(digest)
        if not known[digest]:
            faults.append(f"{owner}: file {digest} is gone or was changed")
    return looked_at, faults


def _named() -> Iterator[tuple[str, str]]:
    columns = ("matter_id", "record_id", "digest", "view_digest")
    attached = Attachment.objects.order_by("id").values_list(*columns)
    for matter_id, record_id, *digests in attached.iterator(chunk_size=2000):
        owner = f"matter {matter_id or record_id}" if matter_id or record_id else "no matter"
        yield from ((owner, digest) for digest in digests if digest)
    papers = ("matter_id", "pdf_digest", "docx_digest")
    made = PaperCopy.objects.order_by("id").values_list(*papers)
    for matter_id, *digests in made.iterator(chunk_size=2000):
        yield from ((f"matter {matter_id}", digest) for digest in digests if digest)


def _is_whole(digest: str) -> bool:
    try:
        return hashlib.sha256(files.read(digest)).hexdigest() == digest
    except (OSError, ValueError):
        return False
