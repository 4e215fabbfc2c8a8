"""Logs in English key=value on standard error: which request, route and user id, never content.

What an exception says may quote what somebody typed, so only its type and places are written; of
libraries only where they spoke. Addresses are written as their route, without what fills it.
"""

import logging
import sys
import traceback
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final, override

from django.http import HttpRequest

OURS: Final = "bihuan"
_FRAMES_MAX: Final = 12
current: ContextVar[HttpRequest | None] = ContextVar("current_request", default=None)


class PlainFormatter(logging.Formatter):
    """One line a record; ours with their words, those of libraries with their place alone.

    Ours say an event and then key=value: `round_failed part=tick`.
    """

    @override
    def format(self, record: logging.LogRecord) -> str:
        is_ours = record.name.split(".")[0] == OURS
        told: dict[str, Any] = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "event": record.getMessage() if is_ours else "library",
            "logger": record.name,
        }
        if not is_ours:
            told["place"] = f"{record.module}.{record.funcName}:{record.lineno}"
        status = getattr(record, "status_code", None)
        if isinstance(status, int):
            told["status"] = status
        told |= request_words()
        if record.exc_info and record.exc_info[1]:
            told |= exception_words(record.exc_info[1])
        return _line(told)


def end_plainly() -> None:
    """Let a process of `serve` that breaks say so without quoting what it worked on."""
    sys.excepthook = _end


def request_words() -> dict[str, Any]:
    """Id, method, route and user id of the request that is being answered."""
    request = current.get()
    if request is None:
        return {}
    match = request.resolver_match
    user = request.__dict__.get("_cached_user")  # asking for the user here could ask the database
    known = {"user": user.pk} if user is not None and user.pk else {}
    return {
        "request": getattr(request, "log_id", ""),
        "method": request.method,
        "route": match.route if match else "none",
        **known,
    }


def exception_words(error: BaseException) -> dict[str, str]:
    """Type and places of an exception and of what caused it, without their texts."""
    kinds: list[str] = []
    seen: BaseException | None = error
    while seen is not None and len(kinds) < _FRAMES_MAX:
        kinds.append(type(seen).__name__)
        seen = seen.__cause__ or seen.__context__
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES_MAX:]
    places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames]
    return {"exception": "<".join(kinds), "places": ">".join(places)}


def _end(_kind: type[BaseException], error: BaseException, _where: TracebackType | None) -> None:
    sys.stderr.write(_line(exception_words(error)) + "\n")


def _line(told: Mapping[str, Any]) -> str:
    """Key=value; what an event says of itself is that already."""
    return " ".join(
        f"{key}={value if key == 'event' else _value(value)}" for key, value in told.items()
    )


def _value(value: Any) -> str:
    text = str(value)
    return f'"{text}"' if " " in text or not text else text
