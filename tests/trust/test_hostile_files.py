"""Hostile files and tables: refused in words, nothing kept of them, nothing imported."""

import io
import zipfile
from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from bihuan.desk.importing import AT_ONCE_BYTES_MAX
from bihuan.jobs.running import run_next
from bihuan.matters.moment import standing_at
from tests.people import County
from tests.trust.test_hostile_forms import CHINESE, MARKER
from tests.walks.route_world import AT, World, counts, fresh_allowances, photo, settle_world


@pytest.fixture
def world(county: County, neighbour: County, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Two counties with one of everything."""
    fresh_allowances(monkeypatch)
    settled = settle_world(county, neighbour)
    with standing_at(AT):
        yield settled


def package(**members: bytes) -> bytes:
    """A zip with these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/"), data)
    return out.getvalue()


def bomb() -> bytes:
    """A small zip of half a gigabyte and more."""
    out = io.BytesIO()
    archive = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
    with archive, archive.open("a.txt", "w") as member:
        for _ in range(510):
            member.write(bytes(1 << 20))
    return out.getvalue()


def hostile_files() -> list[tuple[str, bytes]]:
    """What must not be taken."""
    program = b"MZ\x90\x00" + bytes(60) + b"PE\0\0" + bytes(200)
    return [
        ("炸弹.zip", bomb()),
        ("两面.jpg", photo() + package(**{"a.html": b"<script>alert(1)</script>"})),
        ("两面.pdf", b"<html><script>1</script>%PDF-1.4\n%%EOF"),
        ("报告.docx", program),
        ("图.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
        ("页.html", b"<!doctype html><script>alert(1)</script>"),
        ("照片.jpg", b"<html><body>x</body></html>"),
        ("空.pdf", b""),
        ("宏.docm", package(**{"[Content_Types].xml": b"<Types/>", "word__vbaProject.bin": b"x"})),
        ("大.pdf", b"%PDF-1.4\n" + bytes(60 << 20) + b"\n%%EOF"),
        ("脚本.sh", b"#!/bin/sh\nrm -rf /\n"),
        ("\0.jpg", b"\x89PNG\r\n\x1a\n" + bytes(40)),
        ("截断.jpg", photo()[:200]),
    ]


def test_hostile_uploads_are_refused_in_words(world: World) -> None:
    code = world.args["lead"]
    desk, program = world.desk("handler"), world.program("handler")
    for name, data in hostile_files():
        for client, path, key in (
            (desk, f"/desk/matters/{code}/files", "file"),
            (program, f"/api/v1/matters/{code}/files", "file"),
            (world.desk("office"), "/desk/ledgers/reward_notice/new/", "photo"),
            (world.desk(""), "/tip-off", "files"),
        ):
            before = counts()
            sent = {key: SimpleUploadedFile(name, data), "what": MARKER, "note": MARKER}
            answer = client.post(path, sent)
            said = answer.content.decode()
            if answer.headers["Content-Type"] == "application/problem+json":
                said = answer.json()["detail"]
            assert 400 <= answer.status_code < 500, (name, path, answer.status_code)
            assert CHINESE.search(said), (name, path)
            assert counts() == before, (name, path)
    fine = SimpleUploadedFile("现场.jpg", photo())
    assert desk.post(f"/desk/matters/{code}/files", {"file": fine}).status_code == 303


def tables() -> list[tuple[str, bytes]]:
    """Tables that must not be imported."""
    heads = "标题*,线索摘要*,举报类型*,举报来源\n"
    rows = "反映超员,夜班下井人数超过规定。,重大事故隐患,来信\n"
    return [
        ("坏.xlsx", b"PK\x03\x04" + bytes(100)),
        ("假.xlsx", b"not a workbook at all"),
        ("空.xlsx", b""),
        ("空.csv", b""),
        ("错头.csv", "甲,乙,丙\n1,2,3\n".encode()),
        ("国标错头.csv", "甲,乙,丙\n一,二,三\n".encode("gb18030")),
        ("太长.csv", (heads + rows * 50_001).encode()),
        ("公式.csv", (heads + "=cmd|'/c calc'!A1,短,=1+1,来信\n").encode()),
        ("宽.csv", ("a," * 20_000 + "\n").encode()),
        ("引号.csv", ('"' * 100_001).encode()),
        ("程序.xlsx", b"MZ" + bytes(500)),
        ("零.csv", b"\0\0\0\0"),
    ]


def test_hostile_tables_are_refused_in_words(world: World) -> None:
    client, path = world.desk("intake"), "/desk/m/lead/import"
    for name, data in tables():
        before = counts()
        answer = client.post(path, {"file": SimpleUploadedFile(name, data)})
        said = answer.content.decode()
        if len(data) > AT_ONCE_BYTES_MAX:  # the worker reads it
            assert answer.status_code == 302, name
            job = run_next()
            assert job is not None
            said = client.get(answer.headers["Location"]).text
            assert "未完成" in said, name
            before["jobs.Job"] += 1
        else:
            assert answer.status_code == 422, (name, answer.status_code)
        assert CHINESE.search(said), name
        assert counts() == before, name
