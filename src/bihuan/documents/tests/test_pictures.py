"""A viewing copy shows the picture and carries nothing else."""

from io import BytesIO

import pillow_heif
import pytest
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from bihuan.documents import pictures
from bihuan.documents.pictures import viewing_copy
from bihuan.documents.uploads import RefusedFile, inspect

PHONE = "199 0000 0007"
PLACE_TAG, PHONE_TAG, TURN_TAG = 0x8825, 0x010E, 0x0112
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def photo(kind: str, size: tuple[int, int] = (60, 40), turn: int = 1) -> bytes:
    exif = Image.Exif()
    exif[PHONE_TAG] = PHONE
    exif[TURN_TAG] = turn
    exif[PLACE_TAG] = {1: "N", 2: (37.0, 57.0, 1.0), 3: "E", 4: (110.0, 59.0, 1.0)}
    options: dict[str, object] = {"exif": exif.tobytes(), "icc_profile": SRGB}
    if kind == "JPEG":
        options["comment"] = PHONE.encode()
    if kind == "PNG":
        text = PngInfo()
        text.add_text("Author", PHONE)
        options["pnginfo"] = text
    stream = BytesIO()
    picture = Image.new("RGB", size, "red")
    picture.paste("blue", (0, 0, size[0] // 2, size[1]))
    if kind == "HEIF":
        pillow_heif.from_pillow(picture).save(stream, quality=90, exif=exif.tobytes())
    else:
        picture.save(stream, kind, **options)  # type: ignore[arg-type]
    return stream.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


@pytest.mark.parametrize(
    ("kind", "mime"),
    [
        ("JPEG", "image/jpeg"),
        ("WEBP", "image/jpeg"),
        ("HEIF", "image/jpeg"),
        ("PNG", "image/png"),
    ],
)
def test_phone_place_profile_and_comment_are_gone(kind: str, mime: str) -> None:
    data = photo(kind)
    assert PHONE.encode() in data
    inspect(data, name="现场.jpg")
    clean, found = viewing_copy(data)
    assert found == mime
    assert PHONE.encode() not in clean
    for mark in (b"Exif", b"eXIf", b"ICC_PROFILE", b"iCCP", b"tEXt", b"GPS"):
        assert mark not in clean
    assert len(opened(clean).getexif()) == 0


def test_a_turned_photo_is_set_upright() -> None:
    clean, _ = viewing_copy(photo("JPEG", size=(60, 40), turn=6))
    picture = opened(clean).convert("RGB")
    assert picture.size == (40, 60)
    top = picture.getpixel((20, 5))
    assert isinstance(top, tuple)
    assert top[2] > 200


def test_a_large_photo_is_made_smaller_and_a_small_one_left() -> None:
    assert opened(viewing_copy(photo("JPEG", size=(3000, 1500)))[0]).size == (2000, 1000)
    assert opened(viewing_copy(photo("PNG", size=(50, 20)))[0]).size == (50, 20)


@pytest.mark.parametrize(
    ("mode", "colour", "kind", "wanted"),
    [
        ("RGBA", (255, 0, 0, 0), "WEBP", "RGBA"),
        ("CMYK", (0, 255, 255, 0), "JPEG", "RGB"),
        ("L", 128, "JPEG", "RGB"),
        ("P", 0, "GIF", "RGB"),
        ("I;16", 32768, "PNG", "RGB"),
        ("1", 1, "BMP", "RGB"),
    ],
)
def test_every_colour_model_becomes_plain(
    mode: str, colour: object, kind: str, wanted: str
) -> None:
    stream = BytesIO()
    Image.new(mode, (8, 8), colour).save(stream, kind)  # type: ignore[arg-type]
    assert opened(viewing_copy(stream.getvalue())[0]).mode == wanted


def test_sixteen_bit_grey_is_scaled() -> None:
    stream = BytesIO()
    Image.new("I;16", (8, 8), 32768).save(stream, "PNG")
    assert opened(viewing_copy(stream.getvalue())[0]).getpixel((1, 1)) == (128, 128, 128)


def test_a_broken_profile_does_not_lose_the_picture() -> None:
    stream = BytesIO()
    Image.new("RGB", (8, 8), "red").save(stream, "JPEG", icc_profile=b"broken" * 40)
    clean, _ = viewing_copy(stream.getvalue())
    assert b"broken" not in clean


def test_a_cut_or_foreign_picture_is_refused() -> None:
    with pytest.raises(RefusedFile, match="不完整或已损坏"):
        viewing_copy(photo("JPEG")[:-300])
    with pytest.raises(RefusedFile, match="不完整或已损坏"):
        viewing_copy(b"%PDF-1.4")


def test_a_picture_that_unpacks_to_too_many_pixels_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stream = BytesIO()
    Image.new("1", (20_000, 10_000)).save(stream, "PNG")
    bomb = stream.getvalue()
    assert len(bomb) < 100_000
    for check in (viewing_copy, pictures.refuse_unreadable_picture):
        with pytest.raises(RefusedFile, match="像素过大"):
            check(bomb)
    monkeypatch.setattr(pictures, "PIXELS_MAX", 1000)
    with pytest.raises(RefusedFile, match="像素过大"):
        inspect(photo("JPEG"), name="a.jpg")


def test_equal_pictures_give_equal_copies() -> None:
    assert viewing_copy(photo("JPEG")) == viewing_copy(photo("JPEG"))
