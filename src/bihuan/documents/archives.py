"""Zip packages opened with care: neither bombs nor damaged or encrypted members pass."""

import zipfile
from collections.abc import Iterator
from io import BytesIO
from zlib import error as ZlibError  # noqa: N812 - a class that zlib names like a function

MEMBERS_MAX = 5_000
CHUNK_BYTES = 1 << 20
_ENCRYPTED = 0x1


class UnsafeArchive(Exception):  # noqa: N818  an expected answer, not an error
    """The package cannot be taken; the message says why and what to do, in Chinese."""


def open_archive(data: bytes, *, unpacked_bytes_max: int) -> zipfile.ZipFile:
    """The zip after its list of members was checked; raises UnsafeArchive."""
    try:
        archive = zipfile.ZipFile(BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OverflowError) as damaged:
        raise UnsafeArchive("文件已损坏，打不开。请重新导出或压缩后再上传。") from damaged
    members = archive.infolist()
    if len(members) > MEMBERS_MAX:
        raise UnsafeArchive(f"文件内部超过 {MEMBERS_MAX} 个条目。请拆成几个文件分别上传。")
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise UnsafeArchive("文件设了密码，无法检查内容。请去掉密码后再上传。")
    # A member that unpacks to more than it declares fails its checksum when it is read.
    if sum(member.file_size for member in members) > unpacked_bytes_max:
        limit = unpacked_bytes_max >> 20
        raise UnsafeArchive(f"文件解压后超过 {limit} MB，超出上限。请拆成几个文件分别上传。")
    return archive


def chunks_of(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """The member's unpacked bytes in pieces, its checksum verified; raises UnsafeArchive."""
    try:
        with archive.open(member) as stream:
            while chunk := stream.read(CHUNK_BYTES):
                yield chunk
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        EOFError,
        OSError,
        RuntimeError,
        ZlibError,
    ) as damaged:
        raise UnsafeArchive("文件内部已损坏，读不完整。请重新导出或压缩后再上传。") from damaged
