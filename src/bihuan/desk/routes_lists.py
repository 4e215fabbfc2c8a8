"""Addresses of the workbench, lists, search, statistics, notices and roles."""

from django.urls import URLPattern, path

from bihuan.desk.bulk import take_for_many
from bihuan.desk.column_choice import choose_columns
from bihuan.desk.exporting import export_list
from bihuan.desk.home import show_home, show_inbox
from bihuan.desk.lists import show_list
from bihuan.desk.noticing import read_notices, show_notices
from bihuan.desk.retention import show_retention
from bihuan.desk.roles import show_roles
from bihuan.desk.saved_views import drop_view, show_views
from bihuan.desk.searching import show_search
from bihuan.desk.statistics import show_statistics
from bihuan.desk.statistics_export import export_statistics

URLPATTERNS: list[URLPattern] = [
    path("", show_home, name="home"),
    path("inbox", show_inbox, name="inbox"),
    path("m/<slug:kind>/", show_list, name="list"),
    path("m/<slug:kind>/bulk/", take_for_many, name="bulk"),
    path("m/<slug:kind>/export.<slug:form>", export_list, name="export"),
    path("m/<slug:kind>/columns/", choose_columns, name="columns"),
    path("m/<slug:kind>/views/", show_views, name="views"),
    path("m/<slug:kind>/views/<int:number>/drop", drop_view, name="drop_view"),
    path("search", show_search, name="search"),
    path("statistics/<slug:kind>/", show_statistics, name="statistics"),
    path("statistics/<slug:kind>/export.xlsx", export_statistics, name="statistics_export"),
    path("notices", show_notices, name="notices"),
    path("notices/read", read_notices, name="read_notices"),
    path("retention", show_retention, name="retention"),
    path("roles", show_roles, name="roles"),
]
