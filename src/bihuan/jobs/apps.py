"""App configuration of jobs."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Long work with progress, cancel and a result that stays a while."""

    name = "bihuan.jobs"
    label = "jobs"
    verbose_name = "后台任务"
