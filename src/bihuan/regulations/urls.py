"""Addresses of values and packs; all below /desk/."""

from django.urls import path

from bihuan.regulations import views

app_name = "regulations"
urlpatterns = [
    path("admin/values/", views.values, name="values"),
    path("admin/values/adopt", views.adopt, name="adopt"),
    path("admin/values/packs/<int:adoption_id>/end", views.end, name="end"),
    path("admin/values/<str:key>", views.value, name="value"),
]
