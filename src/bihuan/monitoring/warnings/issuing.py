"""Issuing a warning: who is called, who can't be, and which mines stop work and withdraw."""

from bihuan.language.clock import SHANGHAI
from bihuan.matters.answers import options_of
from bihuan.matters.case import Case
from bihuan.matters.models import Facts, Matter
from bihuan.monitoring.warnings.area import chosen, mines_below
from bihuan.monitoring.warnings.contacts import callable_of, contacts_of
from bihuan.places.models import Site

LEVELS = {"blue": "蓝色", "yellow": "黄色", "orange": "橙色", "red": "红色"}
WITHDRAWAL = "withdrawal"
NAMED_MAX = 12


def keep_head(case: Case) -> None:
    """A new warning lies in its area, is called by level and kind, and has its moment."""
    if area := case.facts.get("area"):
        case.place_in(int(area))
    if not case.facts.get("warned_at"):
        case.set("warned_at", case.now.astimezone(SHANGHAI).isoformat())
    _entitle(case)


def mines_of(case: Case) -> list[Site]:
    """Every mine of the warning's area."""
    return list(mines_below(case.matter.path_ids, on=case.today))


def chosen_in(case: Case) -> tuple[list[Site], list[str]]:
    """Mines that the answers choose, and names that are none of the area's."""
    return chosen(mines_of(case), str(case.answers.get("mines") or ""))


def without_contact(sites: list[Site], case: Case) -> list[Site]:
    """Mines of these with nobody to call who holds a post at the mine itself."""
    contacts = contacts_of([site.pk for site in sites], on=case.today)
    return [site for site in sites if not callable_of(contacts[site.pk])]


def area_has_mines(case: Case) -> bool:
    """There is somebody to be warned."""
    return bool(mines_of(case))


def names_are_mines(case: Case) -> bool:
    """Every name is a mine of the area, once."""
    return not chosen_in(case)[1]


def unknown_sentence(case: Case) -> str:
    """Which names aren't."""
    unknown = "、".join(chosen_in(case)[1])
    return f"预警区域内没有唯一对应“{unknown}”的矿山，请核对名称；不填即发给区域内全部矿山。"


def contacts_are_there_or_known_missing(case: Case) -> bool:
    """AY-23-8: a mine without a contact in post is looked at before anybody is warned."""
    found, _unknown = chosen_in(case)
    return bool(case.answers.get("goes_on_without")) or not without_contact(found, case)


def missing_sentence(case: Case) -> str:
    """Which mines have none."""
    found, _unknown = chosen_in(case)
    missing = _names(without_contact(found, case))
    return (
        f"{missing}没有在岗的本矿联系人（只有公司联系人的不算），"
        "请先在“叫应联系人”登记；情况紧急的，勾选“仍然发出”，发出后由值班台补叫。"
    )


def contacts_told(case: Case) -> str:
    """Said above the form: whom the warning reaches and which mines have nobody to call."""
    sites = mines_of(case)
    missing = without_contact(sites, case)
    told = f"预警区域内有 {len(sites)} 家矿山"
    if not missing:
        return f"{told}，都有在岗的本矿联系人。"
    return f"{told}，其中 {len(missing)} 家没有在岗的本矿联系人：{_names(missing)}。"


def issue(case: Case) -> None:
    """The warning gets its number and its moment; every chosen mine is called at once."""
    case.take_number()
    case.set("issued_at", case.now.astimezone(SHANGHAI).isoformat())
    found, _unknown = chosen_in(case)
    for site in found:
        _call(case, site)
    withdraw(case)


def call_more(case: Case) -> None:
    """Mines that weren't chosen at first are called as well; none is called twice."""
    known = {child.site_id for child in case.children_of("warning_call")}
    found, _unknown = chosen_in(case)
    for site in found:
        if site.pk not in known:
            _call(case, site)


def change_level(case: Case) -> None:
    """A new level is told by its title; a mine that isn't withdrawing yet may have to."""
    _entitle(case)
    for child in case.children_of("warning_call"):
        case.correct(child.pk, {"level": case.facts["level"]}, reason="预警等级变化")
    withdraw(case)


def orders_withdrawal(case: Case) -> bool:
    """AY-23-9: whether kind and level are among those at which work stops and people come up."""
    return _is_among(case, "withdrawal.kinds", "kind") and _is_among(
        case, "withdrawal.levels", "level"
    )


def withdraw(case: Case) -> None:
    """A stop-and-withdraw case for every mine of the area that has none open."""
    if not orders_withdrawal(case):
        return
    sites = mines_of(case)
    open_ones = Matter.objects.filter(
        kind=WITHDRAWAL, is_open=True, site_id__in=[site.pk for site in sites]
    )
    going = dict(open_ones.order_by("id").values_list("site_id", "pk"))
    facts = dict(Facts.objects.filter(pk__in=going.values()).values_list("pk", "data"))
    title = str(case.facts["title"])
    for site in sites:
        known = going.get(site.pk)
        if known is None:
            case.spawn(
                WITHDRAWAL, site=site.pk, warning=title, warned_at=case.facts.get("warned_at")
            )
        elif facts[known].get("warning") != title:
            case.correct(known, {"warning": title}, reason="预警等级变化，仍为同一件")


def _is_among(case: Case, param: str, fact: str) -> bool:
    value = case.value(param)
    return value.is_set and case.facts.get(fact) in {option.key for option in value.options}


def _call(case: Case, site: Site) -> None:
    facts = case.facts
    case.spawn(
        "warning_call",
        site=site.pk,
        level=facts["level"],
        content=facts["content"],
        warning=facts["title"],
    )


def _entitle(case: Case) -> None:
    level = LEVELS.get(str(case.facts.get("level")), "")
    labels = {one.key: one.label for one in options_of(case.loop.fields["kind"], case=case)}
    kind = labels.get(str(case.facts["kind"]), str(case.facts["kind"]))
    case.set("title", f"{kind}{level}预警")
    case.set("rank", 1 + list(LEVELS).index(str(case.facts["level"])))


def _names(sites: list[Site]) -> str:
    told = "、".join(site.short_name or site.name for site in sites[:NAMED_MAX])
    return told if len(sites) <= NAMED_MAX else f"{told}等 {len(sites)} 家"
