"""Addresses of the informant's protection, under the desk."""

from django.urls import path

from bihuan.leads import views

app_name = "leads"
urlpatterns = [
    path("keys", views.keys, name="keys"),
    path("keys/make", views.key_make, name="key_make"),
    path("keys/unlock", views.key_unlock, name="key_unlock"),
    path("keys/lock", views.key_lock, name="key_lock"),
    path("keys/recovery", views.recovery, name="recovery"),
    path("readings", views.readings, name="readings"),
    path("matters/<str:code>/original", views.original, name="original"),
    path(
        "matters/<str:code>/original/<int:envelope_id>", views.original_file, name="original_file"
    ),
    path("matters/<str:code>/original/<int:envelope_id>/attach", views.pass_on, name="pass_on"),
    path("matters/<str:code>/ask", views.ask, name="ask"),
    path("matters/<str:code>/identity", views.identity, name="identity"),
    path(
        "matters/<str:code>/identity/<int:envelope_id>", views.identity_file, name="identity_file"
    ),
]
