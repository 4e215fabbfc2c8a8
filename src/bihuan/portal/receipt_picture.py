"""The receipt code as a QR drawing and as a picture to keep."""

import base64
import io

from markupsafe import Markup

MARGIN = 2
MODULE_PX = 8
DIGITS_PX = 52
LINE_PX = 72
EDGE_PX = 24
IMAGE_NAME = "图片.png"  # tells nobody who sees a list of files what it is


def qr_drawing(text: str) -> Markup:
    """The QR code as inline SVG: one path, no style, so it prints and passes a strict policy."""
    import segno  # noqa: PLC0415 - heavy, and many processes never draw a code

    rows = [bytearray(row) for row in segno.make(text, error="m", micro=False).matrix]
    size = len(rows) + 2 * MARGIN
    path = "".join(_row(row, y + MARGIN) for y, row in enumerate(rows))
    return Markup(
        '<svg viewBox="0 0 {size} {size}" role="img" aria-label="查询码的二维码">'
        '<path d="{path}"/></svg>'
    ).format(size=size, path=path)


def receipt_image(text: str, *, code: str) -> str:
    """QR and digits as a PNG in a data address, so that saving it asks the server nothing.

    The digits stand in two lines of two groups, as wide as they need.
    """
    import segno  # noqa: PLC0415 - the same
    from PIL import Image, ImageDraw, ImageFont  # noqa: PLC0415 - the same

    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="png", scale=MODULE_PX, border=4)
    with Image.open(out) as drawn:
        square = drawn.convert("L")
    groups = code.split(" ")
    lines = [" ".join(groups[:2]), " ".join(groups[2:])]
    font = ImageFont.load_default(DIGITS_PX)
    width = max(square.width, *(int(font.getlength(line)) + 2 * EDGE_PX for line in lines))
    height = square.height + len(lines) * LINE_PX + EDGE_PX
    sheet = Image.new("L", (width, height), 255)
    sheet.paste(square, ((width - square.width) // 2, 0))
    for place, line in enumerate(lines):
        middle = (width // 2, square.height + place * LINE_PX + LINE_PX // 2)
        ImageDraw.Draw(sheet).text(middle, line, fill=0, font=font, anchor="mm")
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
