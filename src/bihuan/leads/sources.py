"""Sources of leads as they were written before: suggestions for a field that stays free text."""

from bihuan.accounts.actors import Actor
from bihuan.leads.ledgers import CHANNEL
from bihuan.matters.reach import visible
from bihuan.matters.records import records_seen

NEWEST = 500  # leads looked through for sources used lately


def sources_used(*, by: Actor, limit: int = 30) -> list[str]:
    """Names of the channels, then sources written lately within reach, each once (LX-A7-3)."""
    channels = records_seen(CHANNEL, by=by).filter(is_void=False).order_by("id")
    written = visible(by).filter(kind="lead").exclude(source="").order_by("-id")
    names = [
        *channels.values_list("title", flat=True),
        *written.values_list("source", flat=True)[:NEWEST],
    ]
    return list(dict.fromkeys(names))[:limit]
