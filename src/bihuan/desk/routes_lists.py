"""Addresses of the workbench, lists, search, statistics, notices and roles."""

from django.urls import URLPattern

URLPATTERNS: list[URLPattern] = []
