"""App configuration of accounts."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, grants, sign-in."""

    name = "bihuan.accounts"
    label = "accounts"
    verbose_name = "账号与权限"
