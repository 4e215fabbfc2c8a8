"""Published results: the list, one item, and the same as RSS, CSV and JSON."""

import csv
from collections.abc import Iterator
from datetime import datetime, time
from typing import Any

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    JsonResponse,
    StreamingHttpResponse,
)
from django.urls import reverse
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from bihuan.disclosure.reading import NOTHING, Item, category_label, entry_of
from bihuan.exchange.place import PortalPlace
from bihuan.language.clock import SHANGHAI
from bihuan.matters.inbox import COUNT_CAP
from bihuan.portal import published
from bihuan.portal.pages import Page, placed, show
from bihuan.portal.published import Sought

TAB = "portal:published"
LEAD = "举报和督查发现的问题、查处进展、办理结果，逐件公开。个人信息和可推知举报人的内容已隐去。"
FEED_SIZE = 50
JSON_SIZE = 200
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
COLUMNS = {
    "number": "公开编号",
    "kind": "公开类型",
    "title": "标题",
    "text": "公开内容",
    "finding": "是否属实",
    "results": "办理结果",
    "town": "乡镇",
    "category": "类别",
    "source": "来源",
    "published_on": "公开日期",
    "medium": "公开媒体",
    "link": "链接或期号",
    "withdrawn_on": "撤下日期",
    "withdrawn_reason": "撤下事由",
}


class Echo:
    """A file that gives back each line, so that a long table is sent as it is made."""

    def write(self, line: str) -> str:
        """The line itself."""
        return line


@require_safe
@placed
def published_list(request: HttpRequest, place: PortalPlace) -> HttpResponse:
    """The list with search, filters and tabs."""
    sought = _sought(request, place)
    counts = published.counts_of(sought)
    found = published.page_of(sought)
    page: Page = {
        "title": "办理结果公开",
        "lead": LEAD,
        "sought": sought,
        "tabs": [
            {"label": label, "count": _count(counts[tab]), "url": _url(sought, tab=tab, after=""),
             "current": tab == sought.tab}
            for tab, label in published.TABS.items()
        ],
        "towns": place.townships,
        "categories": _categories(place),
        "years": published.years_of(place.region.pk),
        "entries": [_entry(item, place) for item in found.items],
        "words": _words(len(found.items), counts[sought.tab]),
        "next_url": _url(sought, after=found.next_after) if found.next_after else "",
        "first_url": _url(sought, after="") if sought.after else "",
        "feeds": _feeds(sought),
    }  # fmt: skip
    return show(request, place, "published", page, tab=TAB)


@require_safe
@placed
def item(request: HttpRequest, place: PortalPlace, snapshot_id: int) -> HttpResponse:
    """One item with what else was published about the same matter."""
    found = published.item_of(snapshot_id, county_id=place.region.pk)
    if found is None:
        raise Http404
    page: Page = {
        "title": found.heading,
        "lead": found.lead,
        "entry": _entry(found, place),
        "item": found,
        "siblings": [_sibling(one) for one in published.siblings_of(snapshot_id)],
    }
    return show(request, place, "publication", page, tab=TAB)


@require_safe
@placed
def feed(request: HttpRequest, place: PortalPlace) -> HttpResponse:
    """The newest items as RSS; a withdrawn one tells so."""
    sought = _sought(request, place)
    channel = Rss201rev2Feed(
        title=f"{place.bureau} 矿山安全举报办理公开",
        link=request.build_absolute_uri(_url(sought)),
        description="问题清单、查处进展、办理结果",
        language="zh-cn",
    )
    for one in published.page_of(sought, size=FEED_SIZE).items:
        channel.add_item(
            title=one.heading,
            link=request.build_absolute_uri(reverse("portal:publication", args=[one.id])),
            description=one.withdrawn_reason if one.is_withdrawn else one.text,
            unique_id=one.number,
            unique_id_is_permalink=False,
            categories=[one.kind],
            pubdate=datetime.combine(one.published_on, time(), SHANGHAI),  # a day is all it tells
        )
    text = channel.writeString("utf-8")
    return HttpResponse(text, content_type="application/rss+xml; charset=utf-8")


@require_safe
@placed
def table(request: HttpRequest, place: PortalPlace) -> HttpResponse | StreamingHttpResponse:
    """Everything sought as CSV that a spreadsheet opens and never computes."""
    lines = _lines(_sought(request, place), place)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="published.csv"'
    return response


@require_safe
@placed
def data(request: HttpRequest, place: PortalPlace) -> HttpResponse:
    """A page of items as JSON, with the address of the next one."""
    sought = _sought(request, place)
    found = published.page_of(sought, size=JSON_SIZE)
    after = found.next_after
    url = _url(sought, name="portal:published_json", after=after) if after else ""
    content = {
        "fields": COLUMNS,
        "items": [_values(one, place) for one in found.items],
        "next": request.build_absolute_uri(url) if url else None,
    }
    return JsonResponse(content, json_dumps_params={"ensure_ascii": False})


def safe_cell(value: object) -> str:
    """Text that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _sought(request: HttpRequest, place: PortalPlace) -> Sought:
    return published.sought_from(request.GET.dict(), county_id=place.region.pk)


def _lines(sought: Sought, place: PortalPlace) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield "\ufeff" + writer.writerow(COLUMNS.values())
    for one in published.all_of(sought):
        yield writer.writerow([safe_cell(value) for value in _values(one, place).values()])


def _values(one: Item, place: PortalPlace) -> dict[str, Any]:
    values = {key: getattr(one, key) for key in COLUMNS}
    values["category"] = category_label(one.category, place.kinds)
    filled = [(label, value) for label, value in one.results if value != NOTHING]
    values["results"] = "；".join(f"{label}：{value}" for label, value in filled)
    for key in ("published_on", "withdrawn_on"):
        values[key] = values[key].isoformat() if values[key] else ""
    return values


def _entry(one: Item, place: PortalPlace) -> dict[str, Any]:
    url = reverse("portal:publication", args=[one.id])
    return entry_of(one, categories=place.kinds, url=url)


def _sibling(one: Item) -> dict[str, str]:
    return {
        "title": f"{one.kind}　{one.number}",
        "url": reverse("portal:publication", args=[one.id]),
        "sub": f"{one.published_on} 公开",
    }


def _categories(place: PortalPlace) -> list[dict[str, str]]:
    found = published.categories_of(place.region.pk)
    return [{"value": key, "label": category_label(key, place.kinds)} for key in found]


def _feeds(sought: Sought) -> list[dict[str, str]]:
    feeds = (
        ("RSS 订阅", "每次公开即更新", "portal:published_rss", "feed"),
        ("CSV", "可用表格打开", "portal:published_csv", "table"),
        ("JSON", "含字段说明，供程序使用", "portal:published_json", "paper"),
    )
    return [
        {"title": title, "sub": sub, "url": _url(sought, name=name, after=""), "icon": icon}
        for title, sub, name, icon in feeds
    ]


def _url(sought: Sought, *, name: str = TAB, **changed: str) -> str:
    query = {"q": sought.term, "town": sought.town, "category": sought.category,
             "year": sought.year, "tab": sought.tab, "after": sought.after} | changed  # fmt: skip
    kept = {key: value for key, value in query.items() if value}
    return f"{reverse(name)}?{urlencode(kept)}" if kept else reverse(name)


def _count(count: int) -> str:
    return f"{COUNT_CAP // 10_000}万+" if count >= COUNT_CAP else f"{count:,}"


def _words(on_page: int, count: int) -> str:
    return f"本页 {on_page} 件，共 {_count(count)} 件"
