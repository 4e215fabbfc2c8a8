"""Every place where something may be kept: database, files; and how a secret may be spelt."""

import base64
import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

from django.conf import settings
from django.db import connection


def dumped() -> bytes:
    """Every byte of the database: SQLite's own pages, or a COPY of every table of PostgreSQL."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        source: Any = connection.connection
        return _unpacked(source.serialize())
    pieces = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            for what in (f'"{table}"', f'(SELECT "{table}"::text FROM "{table}")'):  # noqa: S608
                with cursor.copy(f"COPY {what} TO STDOUT") as copied:
                    pieces += [bytes(part) for part in copied]
    return _unpacked(b"\n".join(pieces))


def disk() -> bytes:
    """Every file of the data folder, one after the other."""
    folder = Path(settings.HOME)
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def spellings(secret: str) -> Iterator[bytes]:
    """The secret as text, encoded, escaped and hashed, as it might lie somewhere."""
    plain = secret.encode()
    for text in {secret, secret.lower(), secret.upper()}:
        for encoding in ("utf-8", "utf-16-le", "utf-16-be", "gb18030"):
            yield text.encode(encoding)
    yield quote(secret).encode()
    yield quote_plus(secret).lower().encode()
    yield json.dumps(secret).strip('"').encode()
    yield secret.encode("unicode_escape")
    yield secret.encode("ascii", "xmlcharrefreplace")
    yield plain.hex().encode()
    yield base64.b64encode(plain).rstrip(b"=")[:-1]
    for name in ("sha256", "md5", "sha1"):
        digest = hashlib.new(name, plain, usedforsecurity=False)
        yield digest.digest()
        yield digest.hexdigest().encode()
        yield digest.hexdigest().upper().encode()
        yield base64.b64encode(digest.digest()).rstrip(b"=")


def found(secrets: Iterable[str], places: dict[str, bytes]) -> list[str]:
    """Where any spelling of any secret lies."""
    return [
        f"{secret!r} as {spelt[:40]!r} in {place}"
        for secret in secrets
        for spelt in set(spellings(secret))
        for place, data in places.items()
        if spelt in data
    ]


def _unpacked(data: bytes) -> bytes:
    """The data and every zlib stream inside it."""
    pieces, start = [data], data.find(b"\x78\x9c")
    while start >= 0:
        opened = zlib.decompressobj()
        try:
            pieces.append(opened.decompress(data[start : start + 65536]))
        except zlib.error:
            pieces.append(b"")
        start = data.find(b"\x78\x9c", start + 2)
    return b"\n".join(pieces)
