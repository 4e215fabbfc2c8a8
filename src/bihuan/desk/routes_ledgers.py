"""Addresses of ledgers, records, duties and the day's intake."""

from django.urls import URLPattern, path

from bihuan.desk.duties import show_duty, show_watch
from bihuan.desk.ledgers import export_ledger, send_file, show_ledger, show_record
from bihuan.desk.record_forms import edit_record, new_record, void

_RECORD = "ledgers/<str:key>/<str:code>/"

URLPATTERNS: list[URLPattern] = [
    path("ledgers/<str:key>/", show_ledger, name="ledger"),
    path("ledgers/<str:key>/new/", new_record, name="record_new"),
    path("ledgers/<str:key>/export.xlsx", export_ledger, name="ledger_export"),
    path(_RECORD, show_record, name="record"),
    path(f"{_RECORD}edit/", edit_record, name="record_edit"),
    path(f"{_RECORD}void/", void, name="record_void"),
    path(f"{_RECORD}files/<int:number>/", send_file, name="record_file"),
    path("duties/<str:key>/", show_duty, name="duty"),
    path("watch/", show_watch, name="watch"),
]
