"""The one desk page of the deployment itself."""

from django.urls import path

from bihuan.config.status_page import status_page

urlpatterns = [path("admin/status", status_page, name="status")]
