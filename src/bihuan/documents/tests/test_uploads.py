"""Uploaded files are typed by content, named safely, and refused with a reason when harmful."""

import zipfile
import zlib
from io import BytesIO

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bihuan.documents import archives, uploads
from bihuan.documents.file_names import safe_name
from bihuan.documents.tests.test_tables import package, xlsx
from bihuan.documents.uploads import RefusedFile, inspect

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504


def picture(kind: str = "JPEG", **options: object) -> bytes:
    stream = BytesIO()
    Image.new("RGB", (40, 30), "#336655").save(stream, kind, **options)  # type: ignore[arg-type]
    return stream.getvalue()


def word_file() -> bytes:
    stream = BytesIO()
    docx.Document().save(stream)
    return stream.getvalue()


def compound(*streams: str) -> bytes:
    entries = b""
    for name in streams:
        text = name.encode("utf-16-le")
        length = (len(text) + 2).to_bytes(2, "little")
        entries += text.ljust(64, b"\x00") + length + b"\x02\x01" + b"\x00" * 60
    return COMPOUND + entries


def refusal(data: bytes, name: str = "材料.bin") -> str:
    with pytest.raises(RefusedFile) as refused:
        inspect(data, name=name)
    return str(refused.value)


def with_member(data: bytes, name: str, content: bytes) -> bytes:
    stream = BytesIO(data)
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr(name, content)
    return stream.getvalue()


def object_stream(text: bytes, dictionary: bytes = b"/Filter /FlateDecode") -> bytes:
    head = b"%PDF-1.7\n5 0 obj\n<< /Type /ObjStm " + dictionary + b" >>\nstream\n"
    return head + zlib.compress(text) + b"\nendstream\nendobj\n%%EOF"


OFFICE_MIME = "application/vnd.openxmlformats-officedocument"


@pytest.mark.parametrize(
    ("data", "extension", "kind", "mime"),
    [
        (picture("JPEG"), "jpg", "image", "image/jpeg"),
        (picture("PNG"), "png", "image", "image/png"),
        (picture("WEBP"), "webp", "image", "image/webp"),
        (PDF, "pdf", "document", "application/pdf"),
        (word_file(), "docx", "document", f"{OFFICE_MIME}.wordprocessingml.document"),
        (xlsx([["甲"]]), "xlsx", "document", f"{OFFICE_MIME}.spreadsheetml.sheet"),
        (package({"OFD.xml": b"<a/>"}), "ofd", "document", "application/ofd"),
        (compound("Root Entry", "WordDocument"), "doc", "document", "application/msword"),
        (compound("Root Entry", "Workbook"), "xls", "document", "application/vnd.ms-excel"),
        (package({"照片.jpg": picture()}), "zip", "archive", "application/zip"),
        (b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"\x00" * 64, "mp4", "video", None),
        (b"#!AMR\n" + b"\x00" * 64, "amr", "audio", None),
        (b"ID3\x04" + b"\x00" * 64, "mp3", "audio", "audio/mpeg"),
    ],
)
def test_the_type_comes_from_the_content_and_never_from_the_name(
    data: bytes, extension: str, kind: str, mime: str | None
) -> None:
    found = inspect(data, name="现场.exe")
    assert (found.extension, found.kind) == (extension, kind)
    assert mime is None or found.mime == mime
    assert found.safe_name == f"现场.{extension}"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_plain_text_is_taken_only_under_its_own_name(encoding: str) -> None:
    data = "举报人称，夜班有人下井。".encode(encoding)
    assert inspect(data, name="说明.txt").mime == "text/plain"
    assert inspect(data, name="清单.CSV").mime == "text/csv"
    assert "不能识别" in refusal(data, "说明.jpg")


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "文件是空的"),
        (b"MZ\x90\x00" + b"\x00" * 100, "程序或脚本"),
        (b"\x7fELF" + b"\x00" * 100, "程序或脚本"),
        (b"#!/bin/sh\nrm -r /", "程序或脚本"),
        (b" <!DOCTYPE html><p>a", "网页或脚本"),
        (b'\xef\xbb\xbf<svg xmlns="a"><script/></svg>', "网页或脚本"),
        (b"<?xml version='1.0'?><svg/>", "网页或脚本"),
        (b"@echo off\r\ndel *", "网页或脚本"),
        (b"Rar!\x1a\x07\x00" + b"\x00" * 40, "不能识别"),
        (b"\x00\x01\x02\x03 nothing known", "不能识别"),
        (package({"META-INF/MANIFEST.MF": b"a", "A.class": b"\xca\xfe\xba\xbe"}), "程序安装包"),
        (picture("JPEG")[:60], "不完整或已损坏"),
    ],
)
def test_what_is_no_material_is_refused(data: bytes, word: str) -> None:
    assert word in refusal(data, "说明.txt")


@pytest.mark.parametrize(
    "data",
    [
        picture() + package({"a.txt": b"a"}),
        picture()[:100] + b"%PDF-1.4" + picture()[100:],
        picture("JPEG", comment=b"<script>alert(1)</script>"),
        PDF + package({"a.html": b"a"}),
    ],
)
def test_files_of_two_kinds_are_refused(data: bytes) -> None:
    assert "夹带了另一种文件" in refusal(data)


@pytest.mark.parametrize("name", ["/JavaScript", "/J#61vaScript", "/JS", "/Launch", "/RichMedia"])
def test_a_pdf_that_runs_something_is_refused(name: str) -> None:
    action = f"<< /S {name} (calc) >>".encode()
    assert "带有脚本或启动程序" in refusal(PDF.replace(b"<< /Root", action + b"<< /Root"))
    assert "带有脚本或启动程序" in refusal(object_stream(action))


def test_a_pdf_that_cannot_be_looked_into_is_refused() -> None:
    assert "设了密码" in refusal(PDF.replace(b"/Root", b"/Encrypt 9 0 R /Root"))
    assert "无法检查" in refusal(object_stream(b"a", b"/Filter [/LZWDecode /FlateDecode]"))
    assert "无法检查" in refusal(object_stream(b"a")[:-22])
    broken = object_stream(b"a").replace(b"x\x9c", b"xx")
    assert "无法检查" in refusal(broken)


def test_names_that_occur_by_chance_in_a_picture_of_a_pdf_do_no_harm() -> None:
    image = b"5 0 obj\n<< /Subtype /Image >>\nstream\n\x00/JS /Launch\nendstream\nendobj\n"
    assert inspect(PDF.replace(b"trailer", image + b"trailer"), name="a.pdf").extension == "pdf"


@pytest.mark.parametrize(
    ("member", "content"),
    [
        ("word/vbaProject.bin", b"a"),
        ("word/activeX/activeX1.xml", b"a"),
        ("word/media/a.png", b"MZ\x90\x00"),
        ("word/embeddings/oleObject1.bin", "\x01Ole10Native".encode("utf-16-le")),
        (
            "word/_rels/settings.xml.rels",
            b'<Relationship Type="x/attachedTemplate" Target="http://a" TargetMode="External"/>',
        ),
    ],
)
def test_a_word_file_that_carries_code_is_refused(member: str, content: bytes) -> None:
    sentence = refusal(with_member(word_file(), member, content))
    assert any(word in sentence for word in ("宏或可执行内容", "程序或脚本", "外部模板"))


def test_a_zip_that_only_claims_to_be_an_office_file_is_refused() -> None:
    data = package({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<a/>"})
    assert "不是完整的 docx" in refusal(data)
    macro = package({"[Content_Types].xml": b"sheet.macroEnabled.main+xml", "xl/workbook.xml": b""})
    assert "宏" in refusal(macro)


@pytest.mark.parametrize(
    ("streams", "word"),
    [
        (("WordDocument", "Macros"), "宏"),
        (("Workbook", "_VBA_PROJECT"), "宏"),
        (("EncryptedPackage",), "密码"),
        (("SomethingElse",), "不能识别"),
    ],
)
def test_older_office_files_with_macros_or_passwords_are_refused(
    streams: tuple[str, ...], word: str
) -> None:
    assert word in refusal(compound(*streams))


@pytest.mark.parametrize(
    ("members", "word"),
    [
        ({"视频.exe": b"a"}, "是程序或脚本"),
        ({"视频.jpg": b"MZ\x90\x00"}, "是程序或脚本"),
        ({"网页.HTML": b"a"}, "是程序或脚本"),
        ({"内层.zip": b"PK"}, "还是压缩包"),
        ({"../../逃出.txt": b"a"}, "不正常的路径"),
        ({"C:\\逃出.txt": b"a"}, "不正常的路径"),
    ],
)
def test_an_archive_with_harmful_members_is_refused(members: dict[str, bytes], word: str) -> None:
    assert word in refusal(package(members))


def test_bombs_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(uploads.BYTES_MAX, "archive", 100_000)
    assert "解压后超过" in refusal(package({"a.txt": b"0" * 600_000}))
    monkeypatch.setattr(archives, "MEMBERS_MAX", 3)
    assert "超过 3 个条目" in refusal(package({f"{n}.txt": b"a" for n in range(4)}))


def test_a_damaged_or_locked_archive_is_refused() -> None:
    data = package({"a.txt": b"abc" * 50})
    assert "损坏" in refusal(data[:40])
    broken = bytearray(data)
    broken[40] ^= 0xFF
    assert "损坏" in refusal(bytes(broken))
    locked = data.replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01")
    assert locked != data
    assert "密码" in refusal(locked)
    assert "没有文件" in refusal(b"PK\x05\x06" + b"\x00" * 18)


def test_too_large_a_file_is_refused_with_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(uploads.BYTES_MAX, "image", 100)
    assert "图片最大 0 MB" in refusal(picture())
    assert "文件有 0.1 MB" in refusal(picture())


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\照片\\井口.JPEG", "井口.jpg"),
        ("报告\u202egpj.exe", "报告gpj.jpg"),
        ("a\x00b\n.jpg", "ab.jpg"),
        ("", "附件.jpg"),
        ("...", "附件.jpg"),
        ("con.jpg", "附件con.jpg"),
        ('问"题?.png', "问_题_.jpg"),
        ("2022.3.1 现场", "2022.3.1 现场.jpg"),
    ],
)
def test_names_are_made_safe(name: str, wanted: str) -> None:
    assert safe_name(name, extension="jpg") == wanted


@given(st.text(max_size=200))
def test_any_name_becomes_short_printable_and_without_path(name: str) -> None:
    made = safe_name(name, extension="docx")
    assert len(made) <= 80
    assert made.endswith(".docx")
    assert made.isprintable() or "\u3000" in made
    assert not set(made) & set('/\\<>:"|?*\x00')
    assert not made.startswith((".", " "))
