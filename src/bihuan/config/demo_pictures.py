"""Placeholder photos of the demonstration: a drawn notice board that says that it is drawn."""

import io
from functools import cache

from PIL import Image, ImageDraw, ImageFont

from bihuan.documents.fonts import font_paths

SIZE = (640, 420)
BOARD = (110, 90, 530, 300)
SKIES = ("#b9c7d4", "#c9c3b4", "#aebfb2", "#c4b6b6")


def mine_photo(words: str, *, seed: int) -> bytes:
    """A small JPEG of a board with these words before a plain yard."""
    picture = Image.new("RGB", SIZE, SKIES[seed % len(SKIES)])
    draw = ImageDraw.Draw(picture)
    width, height = SIZE
    draw.rectangle((0, height - 110, width, height), fill="#6f6a62")
    for post in (BOARD[0] + 40, BOARD[2] - 52):
        draw.rectangle((post, BOARD[3], post + 12, height - 60), fill="#3d4a55")
    draw.rectangle(BOARD, fill="#f4f1e6", outline="#9b2d20", width=6)
    middle = ((BOARD[0] + BOARD[2]) // 2, BOARD[1] + 60)
    draw.text(middle, "举报奖励公告", fill="#9b2d20", font=_font(38), anchor="mm")
    draw.text((middle[0], middle[1] + 70), words, fill="#222222", font=_font(24), anchor="mm")
    draw.text((width - 20, height - 24), "演示图片", fill="#f4f1e6", font=_font(18), anchor="rm")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=70)
    return out.getvalue()


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    faces = (path for folder in font_paths() for path in sorted(folder.glob("*Sans*.?t?")))
    return ImageFont.truetype(str(next(faces)), size)
