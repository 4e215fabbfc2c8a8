"""Addresses of the reports."""

from django.urls import path

from bihuan.reports.views import export_report, issue_report, show_report

app_name = "reports"
urlpatterns = [
    path("reports/<str:key>/", show_report, name="report"),
    path("reports/<str:key>/export.xlsx", export_report, name="export"),
    path("reports/<str:key>/issue/", issue_report, name="issue"),
]
