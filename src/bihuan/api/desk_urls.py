"""Addresses of one's own tokens, below /desk/."""

from django.urls import path

from bihuan.api import views_tokens

app_name = "tokens"
urlpatterns = [
    path("tokens", views_tokens.mine, name="mine"),
    path("tokens/new", views_tokens.make, name="make"),
    path("tokens/revoke", views_tokens.revoke, name="revoke"),
]
