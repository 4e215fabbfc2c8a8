"""Views of a list that somebody keeps for himself: filters, columns and order under a name."""

from typing import Any

from django.db.models import QuerySet

from bihuan.accounts.actors import Actor
from bihuan.database.prepared import prepared
from bihuan.desk.filtering import Asked
from bihuan.desk.models import SavedView, UsualColumns
from bihuan.desk.shell import address
from bihuan.language.loop import Loop


@prepared
def views_of(user_id: int, kind: str) -> QuerySet[SavedView, tuple[int, str, str]]:
    """(id, name, query string) of the views of one person and kind, by name."""
    mine = SavedView.objects.filter(user_id=user_id, kind=kind).order_by("name")
    return mine.values_list("id", "name", "query")


@prepared
def _usual(user_id: int, kind: str) -> QuerySet[UsualColumns, str]:
    mine = UsualColumns.objects.filter(user_id=user_id, kind=kind)
    return mine.values_list("keys", flat=True)


def with_usual_columns(asked: Asked, *, by: Actor, loop: Loop) -> Asked:
    """What is asked, with the person's own columns where the address names none."""
    if asked.get("cols"):
        return asked
    keys = _usual.first(by.user_id, loop.key)
    return Asked({**asked.params, "cols": keys}) if keys else asked


def menu_of(asked: Asked, *, by: Actor, loop: Loop) -> list[dict[str, Any]]:
    """The views as links, the one that is shown marked, and the way to keep this one."""
    here, there = asked.url(), address("desk:list", loop.key)
    links: list[dict[str, Any]] = [
        {"label": name, "url": there + query, "icon": "filter", "current": query == here}
        for _number, name, query in views_of(by.user_id, loop.key)
    ]
    return [
        *links,
        {"label": "保存、管理视图", "icon": "edit", "url": address("desk:views", loop.key) + here},
    ]
