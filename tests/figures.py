"""Figures of 青石岭煤矿 sent through the doors, and what the watches made of them."""

from datetime import datetime
from typing import Any

from django.test import Client

from bihuan.language.clock import SHANGHAI
from bihuan.matters.identity import to_code
from bihuan.matters.models import Matter
from bihuan.matters.moment import standing_at
from bihuan.matters.records import write_record
from tests.doors import Door
from tests.people import County

MINE = "青石岭煤矿"


def at(month: int, day: int, hour: int = 12) -> datetime:
    """A moment of 2026 in Shanghai."""
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)


def row(series: str, when: str, value: Any, *, span: str = "", site: str = MINE) -> dict[str, Any]:
    """One figure as the API takes it."""
    told = None if value is None else str(value)
    return {"site": site, "series": series, "at": when, "value": told, "span": span}


def send(door: Door, now: datetime, *rows: dict[str, Any], by: str = "office") -> Any:
    """Send figures through the API."""
    return door.call(by, "post", "series", now, {"values": list(rows)})


def register(county: County, ledger: str, now: datetime, **facts: Any) -> Any:
    """Register a record about 青石岭煤矿."""
    site = county.sites["qingshiling"].pk
    actor = county.actor("office", on=now.date())
    return write_record(ledger, by=actor, now=now, facts={"site": site, **facts})


def proposals(watch: str) -> list[dict[str, Any]]:
    """The facts of what a watch has proposed, in order."""
    found = Matter.objects.filter(kind="site_proposal").select_related("facts_row")
    facts = [one.facts_row.data for one in found.order_by("pk")]
    return [one for one in facts if one["watch"] == watch]


def approved(county: County, capacity: int, **more: Any) -> None:
    """Register the approved capacity of 青石岭煤矿."""
    register(
        county,
        "mine_profile",
        at(1, 2),
        method="underground",
        status="producing",
        capacity=capacity,
        valid_from="2026-01-01",
        **more,
    )


def board(county: County, key: str, now: datetime) -> str:
    """A board as the office reads it."""
    return _page(county, f"boards/{key}/", now)


def page_of(county: County, matter: Matter, now: datetime) -> str:
    """A matter as the office reads it."""
    return _page(county, f"matters/{to_code(matter.pk)}/", now)


def _page(county: County, path: str, now: datetime) -> str:
    client = Client()
    client.force_login(county.users["office"])
    with standing_at(now):
        return client.get(f"/desk/{path}").content.decode()


def exported(county: County, key: str, now: datetime) -> dict[str, list[str]]:
    """The rows of a board as its file has them, by the mine's name."""
    client = Client()
    client.force_login(county.users["office"])
    with standing_at(now):
        answer = client.get(f"/desk/boards/{key}/export.csv")
    text = b"".join(answer).decode("utf-8-sig")
    rows = [line.split(",") for line in text.splitlines()[1:]]
    return {row[0].split("（")[0]: row[1:] for row in rows}
