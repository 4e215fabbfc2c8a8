"""The desk with the pages of values, whatever a deployment serves."""

from django.urls import include, path

urlpatterns = [
    path("desk/", include("bihuan.accounts.urls")),
    path("desk/", include("bihuan.regulations.urls")),
]
