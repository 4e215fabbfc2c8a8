"""Addresses whose module is loaded with the first request below them, not at the start."""

from typing import override

from django.urls import URLResolver
from django.urls.resolvers import RoutePattern


class Later(URLResolver):
    """Stands for the addresses of a namespace of their own."""

    @override
    def _populate(self) -> None:
        """Django collects every name here, by loading every module, to turn one into an address.

        Names of a namespace are looked for in it alone, so others needn't know them.
        """


def later(route: str, module: str, *, namespace: str) -> Later:
    """Like `path(route, include(module))` for a module with that `app_name`."""
    return Later(RoutePattern(route), module, app_name=namespace, namespace=namespace)
