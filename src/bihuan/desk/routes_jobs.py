"""Addresses of long work: orders, one's own jobs, their results."""

from django.urls import URLPattern, path

from bihuan.desk.long_exports import ask_export
from bihuan.desk.long_letters import ask_letters
from bihuan.desk.long_work import cancel_job, send_result, show_job, show_jobs

URLPATTERNS: list[URLPattern] = [
    path("m/<slug:kind>/export.<slug:form>/ask", ask_export, name="ask_export"),
    path("m/<slug:kind>/letters.<slug:form>/ask", ask_letters, name="ask_letters"),
    path("jobs/", show_jobs, name="jobs"),
    path("jobs/<slug:code>/", show_job, name="job"),
    path("jobs/<slug:code>/cancel", cancel_job, name="cancel_job"),
    path("jobs/<slug:code>/result", send_result, name="job_result"),
]
