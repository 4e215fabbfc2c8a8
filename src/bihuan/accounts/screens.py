"""Pages made of parts: facts, tables, forms; one template draws them all."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render

from bihuan.accounts.form_fields import errors_of, fields_of
from bihuan.accounts.requests import View, actor_from, signed_in
from bihuan.accounts.roles import BY_KEY

_TONES = {"success": "good", "info": "info", "warning": "warn", "error": "bad"}


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Labels and values."""

    heading: str
    entries: Sequence[dict[str, Any]]
    kind: str = "facts"


@dataclass(frozen=True, kw_only=True)
class Table:
    """A ledger: columns and rows as the kit's macro takes them."""

    heading: str
    columns: Sequence[dict[str, Any]]
    rows: Sequence[dict[str, Any]]
    empty_words: str = ""
    bulk: dict[str, Any] | None = None
    foot: str = ""
    next_url: str = ""
    filters: Sequence[dict[str, Any]] = ()
    kind: str = "table"


@dataclass(frozen=True, kw_only=True)
class Box:
    """A form with its button; without a form only the button and its words."""

    heading: str
    form: forms.Form | None
    action: str
    button: str
    words: str = ""
    name: str = ""
    kind: str = "box"

    @property
    def fields(self) -> list[dict[str, Any]]:
        """Fields for the macro, with ids of their own so that two forms fit on a page."""
        found = fields_of(self.form) if self.form else []
        return [{**one, "id": f"{self.name or 'f'}-{one['name']}"} for one in found]

    @property
    def errors(self) -> list[dict[str, str]]:
        """Errors for the summary."""
        found = errors_of(self.form) if self.form else []
        return [{**one, "id": f"{self.name or 'f'}-{one['name']}"} for one in found]


@dataclass(frozen=True, kw_only=True)
class Links:
    """Rows of links with a sentence each."""

    heading: str
    entries: Sequence[dict[str, Any]]
    kind: str = "links"


type Part = Facts | Table | Box | Links


@dataclass(frozen=True, kw_only=True)
class Page:
    """Title, where it stands, what is said above, and the parts."""

    title: str
    parts: Sequence[Part]
    lead: str = ""
    crumbs: Sequence[dict[str, str]] = ()
    notices: Sequence[dict[str, str]] = ()
    actions: Sequence[dict[str, str]] = ()
    tabs: Sequence[dict[str, Any]] = field(default=())


def show(request: HttpRequest, page: Page, *, status: int = 200) -> HttpResponse:
    """Draw a page inside the desk."""
    shown = {
        "title": page.title,
        "lead": page.lead,
        "crumbs": page.crumbs,
        "notices": [*notices_of(request), *page.notices],
    }
    context = {"page": shown, "screen": page}
    return render(request, "accounts/screen.html", context, status=status)


def notices_of(request: HttpRequest) -> list[dict[str, str]]:
    """Messages left by the request before, as the kit's notices."""
    return [
        {"words": str(message), "tone": _TONES.get(message.level_tag, "info")}
        for message in messages.get_messages(request)
    ]


def bad(sentence: str) -> dict[str, str]:
    """A notice that something was refused."""
    return {"words": sentence, "tone": "bad"}


def see_other(url: str) -> HttpResponseRedirect:
    """After a POST, go on with a GET."""
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return response


def say(request: HttpRequest, sentence: str) -> None:
    """Leave a sentence for the next page."""
    messages.success(request, sentence)


def end(request: HttpRequest, *, title: str, sentence: str, status: int) -> HttpResponse:
    """A page of its own that ends the request."""
    links = [{"label": "回到工作台", "url": "/desk/", "tone": "primary"}]
    page = {"title": title, "sentence": sentence, "code": str(status), "links": links}
    return render(request, "ui/error.html", {"page": page}, status=status)


def not_found(request: HttpRequest) -> HttpResponse:
    """Nothing here for this person."""
    sentence = "这里没有您能看的内容。请核对地址，或从工作台进入。"
    return end(request, title="没有找到", sentence=sentence, status=404)


def for_roles[**P](*roles: str) -> Callable[[View[P]], View[P]]:
    """Let only holders of one of the roles through; others read who may."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not actor_from(request).roles & set(roles):
                labels = "、".join(BY_KEY[role].label for role in roles)
                sentence = f"这一页由{labels}使用。需要办理请联系他们。"
                return end(request, title="您不能进入这一页", sentence=sentence, status=403)
            return view(request, *args, **kwargs)

        return signed_in(guarded)

    return decorate


def column(key: str, label: str, kind: str = "text", **more: object) -> dict[str, Any]:
    """A column of a table."""
    return {"key": key, "label": label, "kind": kind, **more}


def entries(pairs: Iterable[tuple[str, object]]) -> list[dict[str, Any]]:
    """Facts from pairs; an empty value is a dash."""
    return [
        {"label": label, "value": "—" if value in (None, "") else value} for label, value in pairs
    ]
