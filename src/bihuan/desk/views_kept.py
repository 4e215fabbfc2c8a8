"""Views of a list that somebody keeps for himself: filters, columns and order under a name."""

from typing import Any

from django.db.models import QuerySet

from bihuan.accounts.actors import Actor
from bihuan.database.prepared import prepared
from bihuan.desk.filtering import Asked
from bihuan.desk.models import SavedView
from bihuan.desk.shell import address
from bihuan.language.loop import Loop


@prepared
def views_of(user_id: int, kind: str) -> QuerySet[SavedView, tuple[int, str, str]]:
    """(id, name, query string) of the views of one person and kind, by name."""
    mine = SavedView.objects.filter(user_id=user_id, kind=kind).order_by("name")
    return mine.values_list("id", "name", "query")


def menu_of(asked: Asked, *, by: Actor, loop: Loop) -> list[dict[str, Any]]:
    """The views as links, the one that is shown marked, and the way to keep this one."""
    here, there = asked.url(), address("desk:list", loop.key)
    links: list[dict[str, Any]] = [
        {"label": name, "url": there + query, "icon": "filter", "current": query == here}
        for _number, name, query in views_of(by.user_id, loop.key)
    ]
    return [*links, {"label": "保存、管理视图", "url": address("desk:views", loop.key) + here}]
