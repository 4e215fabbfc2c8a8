"""How a value is written on a page: escaped, and as it is where there is nothing to escape.

MarkupSafe makes an object of its own of every text it escapes, which costs more than the look
for marks. A page of fifty rows writes 1,700 texts; hardly one holds a mark.
"""

import re
from typing import Any

from markupsafe import Markup, escape

_mark_in = re.compile("[&<>'\"]").search


def written(value: Any, /) -> str:
    """The text of a value on a page: marked-up text as it is, everything else escaped."""
    kind = type(value)
    if kind is str:
        return value if _mark_in(value) is None else escape(value)
    return value if kind is Markup else escape(value)
