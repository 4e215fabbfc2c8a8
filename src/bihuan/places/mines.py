"""Mines by the code of twelve digits that their monitoring systems write into every file."""

import re
from collections.abc import Collection

from bihuan.places.models import Site

_CODE = re.compile(r"[0-9]{12}")


def is_mine_code(text: str) -> bool:
    """Whether a text could be a mine's code."""
    return _CODE.fullmatch(text) is not None


def is_mine_of(code: str, *, firms: Collection[int]) -> bool:
    """Whether a mine with this code belongs to one of these firms, by the ids of their units."""
    return is_mine_code(code) and Site.objects.filter(code=code, firm_id__in=firms).exists()
