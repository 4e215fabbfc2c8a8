"""Addresses of what counties reported, under the desk."""

from django.urls import path

from bihuan.exchange import views

app_name = "exchange"
urlpatterns = [
    path("exchange/", views.reports, name="reports"),
    path("exchange/<int:row_id>/", views.matter, name="matter"),
]
