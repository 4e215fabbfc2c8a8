"""Every address: portal at the top, desk, API and health below."""

import os
from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from bihuan.config.later import later

_DESK = (
    ("desk/", "bihuan.config.desk_urls"),
    ("desk/", "bihuan.accounts.urls"),
    ("desk/", "bihuan.regulations.urls"),
    ("desk/", "bihuan.leads.urls"),
    ("desk/", "bihuan.monitoring.urls"),
    ("desk/", "bihuan.exchange.urls"),
    ("desk/", "bihuan.desk.urls"),
    ("desk/", "bihuan.reports.urls"),
    ("desk/", "bihuan.api.desk_urls"),
)
_PORTAL = (("", "bihuan.portal.urls"),)
_ONLY = os.environ.get("BIHUAN_ONLY", "")
_SHOWN = (
    *(_DESK if _ONLY != "portal" else ()),
    ("", "bihuan.api.outside_urls"),
    ("", "bihuan.config.health"),
    *(_PORTAL if _ONLY != "desk" else ()),
)
handler404 = "bihuan.config.endings.not_found"
handler500 = "bihuan.config.endings.broken"
urlpatterns: list[URLPattern | URLResolver] = [
    # 20 MB that a process without callers never takes; before the addresses of no version.
    later("api/v1/", "bihuan.api.urls", namespace="api"),
    *(path(prefix, include(module)) for prefix, module in _SHOWN if find_spec(module)),
]
