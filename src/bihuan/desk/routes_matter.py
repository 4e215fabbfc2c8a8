"""Addresses of one matter: its page, steps, files, papers, revisions, and how one begins."""

from django.urls import URLPattern, path

from bihuan.desk.files import send_file, send_paper, upload, view_file
from bihuan.desk.importing import import_form, send_errors, send_template
from bihuan.desk.matter import show_alike, show_matter
from bihuan.desk.opening import open_form
from bihuan.desk.revising import correct_form, withdraw_form
from bihuan.desk.stepping import step_form
from bihuan.desk.viewers import show_viewers

URLPATTERNS: list[URLPattern] = [
    path("m/<slug:kind>/new/", open_form, name="open"),
    path("m/<slug:kind>/import", import_form, name="import"),
    path("m/<slug:kind>/import/template.xlsx", send_template, name="import_template"),
    path("m/<slug:kind>/import/errors/<str:token>", send_errors, name="import_errors"),
    path("matters/<slug:code>/", show_matter, name="matter"),
    path("matters/<slug:code>/alike", show_alike, name="alike"),
    path("matters/<slug:code>/steps/<slug:step>/", step_form, name="step"),
    path("matters/<slug:code>/correct", correct_form, name="correct"),
    path("matters/<slug:code>/withdraw", withdraw_form, name="withdraw"),
    path("matters/<slug:code>/viewers", show_viewers, name="viewers"),
    path("matters/<slug:code>/files", upload, name="attach"),
    path("matters/<slug:code>/files/<int:number>", send_file, name="file"),
    path("matters/<slug:code>/files/<int:number>/view", view_file, name="file_view"),
    path("matters/<slug:code>/papers/<int:number>.<slug:form>", send_paper, name="paper"),
]
