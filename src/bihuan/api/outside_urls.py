"""Addresses below /api that no version serves: a problem, never a page."""

from django.urls import re_path

from bihuan.api.edge import guarded, unknown_route

urlpatterns = [re_path(r"^api(?:/.*)?$", guarded(unknown_route), name="no_api")]
