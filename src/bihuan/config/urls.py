"""Every address: portal at the top, desk, API and health below."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path(prefix, include(module))
    for prefix, module in (
        ("desk/", "bihuan.accounts.urls"),
        ("desk/", "bihuan.desk.urls"),
        ("desk/", "bihuan.reports.urls"),
        ("api/v1/", "bihuan.api.urls"),
        ("", "bihuan.portal.urls"),
    )
    if find_spec(module)
]
