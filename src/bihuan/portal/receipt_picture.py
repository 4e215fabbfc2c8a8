"""The receipt code as a QR drawing and as a picture to keep."""

import base64
import io

import segno
from markupsafe import Markup
from PIL import Image, ImageDraw, ImageFont

MARGIN = 2
MODULE_PX = 8
DIGITS_PX = 34


def qr_drawing(text: str) -> Markup:
    """The QR code as inline SVG: one path, no style, so it prints and passes a strict policy."""
    rows = [bytearray(row) for row in segno.make(text, error="m", micro=False).matrix]
    size = len(rows) + 2 * MARGIN
    path = "".join(_row(row, y + MARGIN) for y, row in enumerate(rows))
    return Markup(
        '<svg viewBox="0 0 {size} {size}" role="img" aria-label="查询办理的二维码">'
        '<path d="{path}"/></svg>'
    ).format(size=size, path=path)


def receipt_image(text: str, *, code: str) -> str:
    """QR and digits as a PNG in a data address, so that saving it asks the server nothing."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="png", scale=MODULE_PX, border=4)
    with Image.open(out) as drawn:
        square = drawn.convert("L")
    sheet = Image.new("L", (square.width, square.height + 2 * DIGITS_PX), 255)
    sheet.paste(square)
    middle = (square.width // 2, square.height + DIGITS_PX // 2)
    font = ImageFont.load_default(DIGITS_PX)
    ImageDraw.Draw(sheet).text(middle, code, fill=0, font=font, anchor="mm")
    kept = io.BytesIO()
    sheet.save(kept, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(kept.getvalue()).decode()


def _row(row: bytearray, y: int) -> str:
    """Dark runs of a row as rectangles one module high."""
    pieces: list[str] = []
    start = None
    for x, dark in enumerate([*row, 0]):
        if dark and start is None:
            start = x
        elif not dark and start is not None:
            pieces.append(f"M{start + MARGIN} {y}h{x - start}v1h-{x - start}z")
            start = None
    return "".join(pieces)
