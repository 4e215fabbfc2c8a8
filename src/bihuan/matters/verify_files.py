"""Hashes the files that attachments, papers and sealed rows name, each once; knows tombstones."""

import hashlib
from collections.abc import Iterator

from bihuan.matters import files
from bihuan.matters.declarations import catalog
from bihuan.matters.models import Attachment, PaperCopy, Tombstone


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
    faults += _back_again(known)
    return looked_at, faults


def unburied() -> Iterator[str]:
    """Rows that were emptied without a tombstone, or are there again in spite of one."""
    for retention in catalog().retentions:
        stones = Tombstone.objects.filter(retention=retention.key)
        buried = set(stones.values_list("matter_id", "what"))
        for row in retention.standing():
            is_buried = (row.matter_id, row.what) in buried
            sealed = f"matter {row.matter_id}: sealed {row.what!r}"
            if row.is_empty and not is_buried:
                yield f"{sealed} is gone without a tombstone"
            elif is_buried and not row.is_empty:
                yield f"{sealed} is there in spite of its tombstone"


def _named() -> Iterator[tuple[str, str]]:
    buried = set(Tombstone.objects.exclude(file="").values_list("matter_id", "what"))
    columns = ("id", "matter_id", "record_id", "digest", "view_digest")
    attached = Attachment.objects.order_by("id").values_list(*columns)
    for pk, matter_id, record_id, *digests in attached.iterator(chunk_size=2000):
        owner = f"matter {matter_id or record_id}" if matter_id or record_id else "no matter"
        for what, digest in zip((f"file {pk}", f"file {pk} view"), digests, strict=True):
            if digest and (matter_id, what) not in buried:
                yield owner, digest
    papers = ("matter_id", "pdf_digest", "docx_digest")
    made = PaperCopy.objects.order_by("id").values_list(*papers)
    for matter_id, *digests in made.iterator(chunk_size=2000):
        yield from ((f"matter {matter_id}", digest) for digest in digests if digest)
    for retention in catalog().retentions:
        for row in retention.standing():
            if row.file:
                yield f"matter {row.matter_id}", row.file


def _back_again(known: dict[str, bool]) -> Iterator[str]:
    """Files that were removed and lie in the folder again, named by nothing that stands."""
    gone = Tombstone.objects.exclude(file="").exclude(gone_at=None).order_by("id")
    for matter_id, digest in gone.values_list("matter_id", "file").iterator(chunk_size=2000):
        if digest not in known and files.size(digest):
            yield f"matter {matter_id}: destroyed file {digest} lies in the folder again"


def _is_whole(digest: str) -> bool:
    try:
        return hashlib.sha256(files.read(digest)).hexdigest() == digest
    except (OSError, ValueError):
        return False
