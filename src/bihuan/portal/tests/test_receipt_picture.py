"""The picture of a receipt: the whole code on it, its name tells nothing."""

import base64
import io
import re

import pytest
from django.test import Client
from PIL import Image
from tests.people import County

from bihuan.matters.models import Matter
from bihuan.portal.receipt_picture import EDGE_PX, LINE_PX, receipt_image
from bihuan.portal.tests.conftest import typed

DIGITS_HEIGHT = 2 * LINE_PX + EDGE_PX
CODES = ("4821 0937 5564 2108", "0000 0000 0000 0000", "1111 1111 1111 1111", "4444 8888 6666 9999")


def opened(address: str) -> Image.Image:
    kept = base64.b64decode(address.removeprefix("data:image/png;base64,"))
    return Image.open(io.BytesIO(kept)).convert("L")


def dark_lines(image: Image.Image) -> list[tuple[int, int]]:
    """Leftmost and rightmost dark column of each line of digits, from the top."""
    below = image.crop((0, image.height - DIGITS_HEIGHT, image.width, image.height))
    dark = below.point([255] * 128 + [0] * 128)
    rows = [dark.crop((0, y, dark.width, y + 1)).getbbox() for y in range(dark.height)]
    lines: list[list[tuple[int, int]]] = [[]]
    for box in rows:
        if box:
            lines[-1].append((box[0], box[2]))
        elif lines[-1]:
            lines.append([])
    return [(min(a for a, _ in one), max(b for _, b in one)) for one in lines if one]


@pytest.mark.parametrize("code", CODES)
def test_every_digit_is_on_the_picture(code: str) -> None:
    image = opened(receipt_image(code.replace(" ", ""), code=code))
    lines = dark_lines(image)
    assert len(lines) == 2
    for left, right in lines:
        assert left >= 16
        assert right <= image.width - 16
        assert right - left > 150


def test_saved_file_has_a_neutral_name(portal: County, visitor: Client) -> None:
    page = visitor.post("/tip-off", typed()).content.decode()
    found = re.search(r'download="([^"]+)"', page)
    assert found
    assert Matter.objects.get().acceptance_number not in found[1]
    assert found[1] == "图片.png"
    address = re.search(r'="(data:image/png[^"]+)"', page)
    assert address
    assert len(dark_lines(opened(address[1]))) == 2
