"""Addresses of sign-in, the own account and administration; all below /desk/."""

from django.urls import path

from bihuan.accounts import views_profile as own
from bihuan.accounts import views_sign_in as door

app_name = "accounts"
urlpatterns = [
    path("sign-in", door.sign_in, name="sign_in"),
    path("sign-in/code", door.sign_in_code, name="sign_in_code"),
    path("sign-in/phone", door.sign_in_enrol, name="sign_in_enrol"),
    path("sign-out", door.sign_out, name="sign_out"),
    path("set-password/<str:code>/<str:token>", door.set_own_password, name="set_password"),
    path("first-start/<str:token>", door.first_start, name="first_start"),
    path("account/", own.profile, name="profile"),
    path("account/password", own.change_password, name="change_password"),
    path("account/phone", own.enrol, name="enrol"),
    path("account/recovery-codes", own.recovery_codes, name="recovery_codes"),
    path("account/sessions", own.end_sessions, name="end_sessions"),
]
