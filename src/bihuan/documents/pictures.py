"""Pictures re-encoded for viewing, so that nothing but the picture itself is left in them."""

from functools import cache
from io import BytesIO

import pillow_heif
from PIL import Image, ImageCms, ImageOps

from bihuan.documents.file_refusals import RefusedFile

SIDE_PX_MAX = 2000
# Below the library's own warning, which is no refusal; a photo of a phone has 12 to 50 million.
PIXELS_MAX = 80_000_000
JPEG_QUALITY = 85
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF", "GIF", "BMP")
DAMAGED = "图片不完整或已损坏，打不开。请重新拍摄或重新导出后再上传。"
TOO_LARGE = "图片像素过大（超过 8000 万）。请用普通像素重新拍摄，或缩小后再上传。"
UNREADABLE = (OSError, SyntaxError, ValueError, RuntimeError, EOFError, MemoryError)


def viewing_copy(data: bytes) -> tuple[bytes, str]:
    """JPEG, or PNG where the source is PNG or see-through, with its type; raises RefusedFile.

    Turned upright, at most 2000 px a side, without EXIF, place, colour profile or comment.
    """
    picture = _opened(data)
    source = picture.format
    try:
        picture.draft("RGB", (SIDE_PX_MAX, SIDE_PX_MAX))
        upright = ImageOps.exif_transpose(picture)
        clean = _in_plain_colours(upright)
        clean.thumbnail((SIDE_PX_MAX, SIDE_PX_MAX), Image.Resampling.LANCZOS)
    except UNREADABLE as damaged:
        raise RefusedFile(DAMAGED) from damaged
    # Some writers copy profile and comment from here into the new file.
    clean.info.clear()
    stream = BytesIO()
    if source == "PNG" or clean.mode == "RGBA":
        clean.save(stream, "PNG", optimize=True)
        return stream.getvalue(), "image/png"
    clean.save(stream, "JPEG", quality=JPEG_QUALITY, optimize=True, progressive=True)
    return stream.getvalue(), "image/jpeg"


def decoding_cost(data: bytes) -> int:
    """Pixels that have to be decoded for viewing; 0 for what isn't a picture.

    A JPEG is decoded at half its size or less where it is large.
    """
    try:
        with _opened(data) as picture:
            pixels = picture.width * picture.height
            return pixels // 4 if picture.format == "JPEG" else pixels
    except RefusedFile:
        return 0


def refuse_unreadable_picture(data: bytes) -> None:
    """Raise RefusedFile when the header is broken or promises too many pixels."""
    _opened(data).close()


def _opened(data: bytes) -> Image.Image:
    _learn_heif()
    try:
        picture = Image.open(BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise RefusedFile(TOO_LARGE) from bomb
    except UNREADABLE as damaged:
        raise RefusedFile(DAMAGED) from damaged
    if picture.width * picture.height > PIXELS_MAX:
        raise RefusedFile(TOO_LARGE)
    return picture


@cache
def _learn_heif() -> None:
    pillow_heif.register_heif_opener(thumbnails=False)


def _in_plain_colours(picture: Image.Image) -> Image.Image:
    """Eight bits of sRGB, with transparency only where there is some."""
    profile = picture.info.get("icc_profile")
    see_through = picture.has_transparency_data
    if picture.mode.startswith("I"):
        # A 16-bit grey would be cut off at white instead of scaled.
        picture = picture.convert("I").point(_upper_byte).convert("L")
        profile = None
    if picture.mode == "CMYK" or (profile and picture.mode in {"RGB", "L"}):
        picture = _in_srgb(picture, profile)
    return picture.convert("RGBA" if see_through else "RGB")


def _upper_byte(value: float) -> float:
    return value * (1 / 256)


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            changed = ImageCms.profileToProfile(picture, source, target, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            # A broken profile only shifts colours a little; the picture is still evidence.
            return picture
        return changed if changed is not None else picture
    return picture
