"""Rows that name other matters as they stood then: what each reader may follow, and words."""

from typing import Any

from bihuan.accounts.actors import Actor
from bihuan.matters.identity import to_code
from bihuan.matters.reach import visible

type Rows = list[dict[str, Any]]


def told_rows(kept: Any, *, by: Actor) -> Rows:
    """Rows with the code of the matter named as `id`, empty where the reader doesn't see it.

    Those of earlier versions were kept as lines of text.
    """
    is_text = isinstance(kept, str)
    rows: Rows = [{"title": line} for line in kept.splitlines()] if is_text else kept
    wanted = {row["id"] for row in rows if row.get("id")}
    seen = set(visible(by).filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else set()
    return [
        {
            "id": to_code(row["id"]) if row.get("id") in seen else "",
            "title": row["title"],
            "sub": row.get("sub", ""),
            "state": row.get("state", ""),
        }
        for row in rows
    ]


def rows_as_text(rows: Rows) -> str:
    """The same as lines."""
    return "\n".join("，".join(filter(None, (r["title"], r["sub"], r["state"]))) for r in rows)
