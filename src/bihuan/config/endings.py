"""An address that doesn't know a method answers with a page, not with an empty body."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from bihuan.config.errors import method_not_allowed


class WordyRefusals:
    """Gives words to the empty 405 of Django's decorators; the API words its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Keep the status and the Allow header."""
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            return method_not_allowed(request, allowed=response.headers["Allow"])
        return response
