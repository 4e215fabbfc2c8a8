"""Addresses of sign-in, the own account and administration; all below /desk/."""

from django.urls import path

from bihuan.accounts import views_admin as admin
from bihuan.accounts import views_audit as audit
from bihuan.accounts import views_places as places
from bihuan.accounts import views_profile as own
from bihuan.accounts import views_security as security
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
    path("admin/", admin.home, name="admin"),
    path("admin/accounts/", admin.accounts, name="accounts"),
    path("admin/accounts/new", admin.new_account, name="new_account"),
    path("admin/accounts/<int:user_id>/", admin.account, name="account"),
    path("admin/accounts/<int:user_id>/link", admin.account_link, name="account_link"),
    path("admin/accounts/<int:user_id>/state", admin.account_state, name="account_state"),
    path("admin/places/<slug:key>/", places.register, name="register"),
    path("admin/places/<slug:key>/new", places.entry, name="new_entry"),
    path("admin/places/<slug:key>/<int:row_id>/", places.entry, name="entry"),
    path("admin/security/", security.security, name="security"),
    path("admin/security/<int:user_id>/", security.grants, name="grants"),
    path("admin/security/<int:user_id>/unlock", security.unlock, name="unlock"),
    path("admin/security/<int:user_id>/phone", security.forget_phone, name="forget_phone"),
    path("admin/security/<int:user_id>/hand-over", security.hand_over, name="hand_over"),
    path("admin/security/grants/<int:grant_id>/revoke", security.revoke, name="revoke"),
    path("admin/sign-ins/", audit.sign_ins, name="sign_ins"),
    path("admin/changes/", audit.changes, name="changes"),
    path("admin/logs/", audit.logs, name="logs"),
    path("admin/logs/<slug:key>/", audit.log, name="log"),
    path("admin/logs/<slug:key>/export.<slug:form>", audit.log_export, name="log_export"),
]
