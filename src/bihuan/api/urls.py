"""Addresses of the API, all below /api/v1/; what has no route is answered with a problem."""

import os
from functools import partial

from django.urls import URLPattern, path, re_path

from bihuan.api.document import answer_document
from bihuan.api.edge import guarded, unknown_route
from bihuan.api.routes import made_api

app_name = "api"
API = made_api(public_only=os.environ.get("BIHUAN_ONLY") == "portal")
urlpatterns = [
    path("openapi.json", guarded(partial(answer_document, API)), name="document"),
    *(
        URLPattern(pattern.pattern, guarded(pattern.callback), pattern.default_args, pattern.name)
        for pattern in API.urls[0]
        if isinstance(pattern, URLPattern)
    ),
    re_path("", guarded(unknown_route), name="unknown"),
]
