"""The page of a mine's crews on a day, for those who oversee the mine and for the mine itself."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from bihuan.accounts.actors import Actor
from bihuan.accounts.requests import actor_from, signed_in
from bihuan.language.field import asked_day
from bihuan.matters.identity import to_code
from bihuan.matters.moment import now
from bihuan.matters.reach import visible
from bihuan.matters.records import may_write
from bihuan.monitoring.boards import Scope
from bihuan.monitoring.crews import cells, ledgers
from bihuan.monitoring.crews.comparing import shifts_of_day
from bihuan.monitoring.crews.faces import Roster
from bihuan.monitoring.crews.identity import conflicts_told, identity_of
from bihuan.monitoring.crews.loops import LARGE_SHIFT
from bihuan.monitoring.crews.marks import marked_sites
from bihuan.monitoring.crews.reading import MineDay, highest_shift, mine_day
from bihuan.monitoring.mines import profile_of
from bihuan.places.models import Site

_BOARD = "crew_positions"


@require_safe
@signed_in
def show_mine(request: HttpRequest, site: int) -> HttpResponse:
    """Faces against their limits, shifts, cards without a place, entry points."""
    by, at = actor_from(request), now()
    scope = Scope(by=by, now=at)
    found = _site_or_404(site, scope=scope)
    on = min(asked_day(request.GET.get("on", "")) or scope.today, scope.today)
    roster = Roster(site=found)
    day = mine_day(roster, on=on, now=at)
    is_open_pit = profile_of(found.pk, on=on).is_open_pit
    is_marked = found.pk in marked_sites()
    notes = cells.notes(day, is_open_pit=is_open_pit, mark_url=_mark_url(found, by=by))
    context = {
        "page": {
            "title": f"{found.name}下井人数与限员",
            "lead": f"{found.region.name} · {on}",
            "crumbs": [
                {
                    "label": "下井人数与定位到面",
                    "url": reverse("monitoring:board", args=(_BOARD,)),
                },
                {"label": found.name},
            ],
        },
        "asked": [{"name": "on", "label": "日期", "kind": "day", "value": on.isoformat()}],
        "figures": cells.figures(day, highest=highest_shift(found.pk), is_open_pit=is_open_pit),
        "notes": notes,
        "links": _links(found, by=by, on=on),
        **_day_tables(day, is_marked=is_marked),
        "shifts": {
            "columns": cells.SHIFT_COLUMNS,
            "rows": [
                cells.shift_row(shift, is_open_pit=is_open_pit, is_marked=is_marked)
                for shift in shifts_of_day(roster, on=on, now=at)
            ],
        },
        **_identity_tables(found, on=on),
    }
    return render(request, "monitoring/crew.html", context)


def _day_tables(day: MineDay, *, is_marked: bool) -> dict[str, Any]:
    overs = day.overs
    return {
        "faces": {
            "columns": cells.FACE_COLUMNS,
            "rows": [cells.face_row(face, is_marked=is_marked) for face in day.faces],
        },
        "overs": {
            "columns": cells.OVER_COLUMNS,
            "words": f"当日 {len(overs)} 次" if overs else "当日没有超过限员",
            "rows": [cells.over_row(n, over) for n, over in enumerate(overs)],
        },
        "unplaced": {
            "columns": cells.UNPLACED_COLUMNS,
            "words": cells.unplaced_words(day),
            "rows": [cells.unplaced_row(one, roster=day.roster, on=day.on) for one in day.unplaced],
        },
    }


def _identity_tables(site: Site, *, on: date) -> dict[str, Any]:
    identity, told = identity_of(site, on=on), conflicts_told(site, on=on)
    return {
        "points": {
            "columns": cells.POINT_COLUMNS,
            "rows": [cells.point_row(n, one) for n, one in enumerate(identity.points)],
            "percent": identity.percent_text,
            "state": identity.state[0],
        },
        "conflicts": {
            "columns": cells.CONFLICT_COLUMNS,
            "words": f"当日 {len(told)} 处" if told else "当日没有",
            "rows": [cells.conflict_row(n, one) for n, one in enumerate(told)],
        },
    }


def _site_or_404(site_id: int, *, scope: Scope) -> Site:
    mines = Site.objects.filter(scope.reach, pk=site_id, kind=Site.Kind.COAL)
    found = mines.select_related("region").first()
    if found is None:
        raise Http404("no such mine in reach")
    return found


def _mark_url(site: Site, *, by: Actor) -> str:
    """The page of the mark in force, for those who may see it; empty where there is none."""
    mark = visible(by).filter(kind=LARGE_SHIFT, site=site, is_open=True).order_by("id").first()
    return reverse("desk:matter", args=(to_code(mark.pk),)) if mark is not None else ""


def _links(site: Site, *, by: Actor, on: date) -> list[dict[str, str]]:
    """Where an account that may register something does it."""
    wanted = ((ledgers.SHIFT_KIND, "登记班次类型"), (ledgers.WORK_FACE, "登记工作面"))
    return [
        {
            "label": label,
            "url": f"{reverse('desk:record_new', args=(key,))}"
            f"?site={site.pk}&valid_from={on.isoformat()}",
        }
        for key, label in wanted
        if may_write(key, by=by)
    ]
