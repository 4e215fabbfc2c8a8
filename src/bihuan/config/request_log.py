"""A number for every request, and a log line for those that broke or took long."""

import logging
import secrets
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from bihuan.config.logs import current

SLOW_S = 2.0
HEADER = "X-Request-Id"
log = logging.getLogger("bihuan.request")


class RequestLog:
    """Stands outermost, so that its number is on every answer and in every line of the log."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Number the request; what the client calls it is not taken over."""
        request.log_id = secrets.token_hex(6)  # type: ignore[attr-defined]
        token, started = current.set(request), time.perf_counter()
        try:
            response = self.get_response(request)
            took_s = time.perf_counter() - started
            if response.status_code >= 500 or took_s >= SLOW_S:
                log.warning("request status=%s ms=%s", response.status_code, round(took_s * 1000))
        finally:
            current.reset(token)
        response.headers[HEADER] = request.log_id  # type: ignore[attr-defined]
        return response
