"""Board: mines that may not produce, with the baseline and the last figure of each signal."""

from datetime import timedelta
from decimal import Decimal

from bihuan.matters.models import Record
from bihuan.monitoring.activity import ledgers
from bihuan.monitoring.activity.codes import label_of
from bihuan.monitoring.activity.looking import plain
from bihuan.monitoring.activity.reading import Days, daily
from bihuan.monitoring.activity.registered import amount_of, facts_in_force, stops_of
from bihuan.monitoring.activity.series import BY_KEY, OUTPUT
from bihuan.monitoring.boards import Board, Chip, Head, Link, Row, Scope, Shown
from bihuan.places.models import Site

NO_BASELINE, MISSING, NOTHING = "基线未设", "缺数", Days()
LOOKED_BACK = timedelta(days=30)
SIGNALS = ledgers.SIGNALS


def stopped_mines(scope: Scope) -> Shown:
    """Each stop order in force; a signal without baseline or data says so."""
    sites = {one.pk: one for one in scope.sites(Site.Kind.COAL, Site.Kind.NONCOAL)}
    orders = {
        site: [one for one in stops if one.covers(scope.now)]
        for site, stops in stops_of(list(sites)).items()
    }
    stopped = [site for site, stops in orders.items() if stops]
    told = daily(stopped, SIGNALS, first=scope.today - LOOKED_BACK, last=scope.today)
    lines = facts_in_force(ledgers.BASELINE, stopped, first=scope.today, last=scope.today)
    rows = []
    for site in stopped:
        for order in orders[site]:
            cells: dict[str, str | int | Chip | Link | None] = {
                "site": Link(sites[site].name, "", sites[site].region.name),
                "kind": label_of(order.kind, ledgers.STOPS),
                "since": f"{order.ordered_at:%Y-%m-%d}",
            }
            for key in SIGNALS:
                kept = told.get(site, {}).get(key, NOTHING)
                cells[key] = _signal(key, kept, lines.get(site, []))
            cells["state"] = _state(lines.get(site, []))
            rows.append(Row(id=order.id, name=sites[site].name, cells=cells))
    return Shown(rows=rows, notes=("产量只要大于 0 即提示；其余各项高于登记的维护基线才提示。",))


STOPS_BOARD = Board(
    key="stops",
    label="停产矿监测",
    heads=(
        Head(key="site", label="矿山", kind="link"),
        Head(key="kind", label="停产类别"),
        Head(key="since", label="自"),
        *(Head(key=key, label=BY_KEY[key].label) for key in SIGNALS),
        Head(key="state", label="基线", kind="chip"),
    ),
    look=stopped_mines,
    state="state",
    ledgers=(ledgers.STOP_ORDER, ledgers.BASELINE, ledgers.PLANNED_STOP),
    empty="辖区内没有在停产的矿",
    basis=("LX-C04-1",),
)


def _signal(key: str, kept: Days, lines: list[Record]) -> str:
    last = max(kept.days, default=None)
    value = MISSING if last is None else f"{last:%m-%d} {plain(kept.days[last], places=1)}"
    if key == OUTPUT:
        return value
    own = [one for one in lines if one.facts["series"] == key]
    if not own:
        return f"{value}（{NO_BASELINE}）"
    per = "小时" if own[-1].facts["per"] == ledgers.PER_HOUR else "天"
    return f"{value}（基线 {plain(amount_of(own[-1]) or Decimal(0))}/{per}）"


def _state(lines: list[Record]) -> Chip:
    known = {one.facts["series"] for one in lines}
    if known.issuperset(SIGNALS[1:]):
        return Chip("已设", "done")
    return Chip("未设全" if known else NO_BASELINE, "todo" if known else "late")
