"""What stands inside envelopes: texts as JSON, files with a head that says name and type."""

import json
from dataclasses import dataclass, field

_LENGTH_BYTES = 4


@dataclass(frozen=True, kw_only=True)
class StoredFile:
    """A file as it lies in an envelope; its name and type are sealed with it."""

    name: str
    mime: str
    data: bytes = field(repr=False)


def text_bytes(values: dict[str, str]) -> bytes:
    """Labelled texts as they are sealed, in the order they were told."""
    return json.dumps(values, ensure_ascii=False).encode()


def text_from(plain: bytes) -> dict[str, str]:
    """Labelled texts as they were sealed."""
    return {str(key): str(value) for key, value in json.loads(plain).items()}


def file_bytes(file: StoredFile) -> bytes:
    """A file as it is sealed."""
    head = json.dumps([file.name, file.mime], ensure_ascii=False).encode()
    return len(head).to_bytes(_LENGTH_BYTES) + head + file.data


def file_from(plain: bytes) -> StoredFile:
    """A file as it was sealed."""
    end = _LENGTH_BYTES + int.from_bytes(plain[:_LENGTH_BYTES])
    name, mime = json.loads(plain[_LENGTH_BYTES:end])
    return StoredFile(name=name, mime=mime, data=plain[end:])
