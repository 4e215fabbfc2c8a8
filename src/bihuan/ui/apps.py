"""Make the interface kit a Django app so that its templates and static files are found."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "bihuan.ui"
    label = "ui"
    verbose_name = "界面组件"
