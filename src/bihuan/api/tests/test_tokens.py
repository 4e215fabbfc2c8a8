"""Tokens: shown once, kept as a digest, ended by time, owner or the account's end."""

from datetime import timedelta

import pytest
from django.test import Client, override_settings
from django.urls import include, path
from tests.people import NOW, County

from bihuan.api import callers
from bihuan.api.models import Token
from bihuan.api.rates import Rate
from bihuan.api.tests.conftest import Caller, caller_of
from bihuan.api.tokens import LIVE_MAX, make_token, revoke_token, token_of
from bihuan.config.urls import urlpatterns as everything
from bihuan.matters.moment import standing_at
from bihuan.matters.refusals import Incomplete, NotFound, Refused

urlpatterns = [path("desk/", include("bihuan.api.desk_urls")), *everything]
with_page = override_settings(ROOT_URLCONF=__name__)


def test_only_the_digest_is_kept(county: County) -> None:
    token, text = make_token(county.users["office"], name="对接", days=30, now=NOW)
    kept = Token.objects.values().get(pk=token.pk)
    assert text not in str(kept)
    assert text[-20:] not in str(kept)
    found = token_of(text, now=NOW)
    assert found is not None
    assert found.user == county.users["office"]
    assert token_of(text + "x", now=NOW) is None
    assert token_of(text.upper(), now=NOW) is None
    assert token_of("", now=NOW) is None


def test_day_of_use_is_noted(county: County) -> None:
    token, text = make_token(county.users["office"], name="对接", days=30, now=NOW)
    token_of(text, now=NOW + timedelta(days=2))
    token.refresh_from_db()
    assert str(token.used_on) == "2026-03-03"


def test_tokens_end(county: County) -> None:
    user = county.users["office"]
    token, text = make_token(user, name="对接", days=30, now=NOW)
    assert token_of(text, now=NOW + timedelta(days=29)) is not None
    assert token_of(text, now=NOW + timedelta(days=30)) is None
    with pytest.raises(NotFound):
        revoke_token(county.users["handler"], token_id=token.pk, now=NOW)
    revoke_token(user, token_id=token.pk, now=NOW)
    assert token_of(text, now=NOW) is None


def test_token_ends_with_the_account(county: County) -> None:
    user = county.users["office"]
    caller = caller_of(county, "office")
    assert caller.read("kinds").status_code == 200
    user.is_active = False
    user.save()
    assert caller.read("kinds").status_code == 401


def test_what_is_asked_of_a_new_token(county: County) -> None:
    user = county.users["office"]
    with pytest.raises(Incomplete):
        make_token(user, name=" ", days=30, now=NOW)
    with pytest.raises(Incomplete):
        make_token(user, name="对接", days=31, now=NOW)
    for _ in range(LIVE_MAX):
        make_token(user, name="对接", days=30, now=NOW)
    with pytest.raises(Refused, match="停用"):
        make_token(user, name="对接", days=30, now=NOW)


@pytest.mark.parametrize("stated", ["Bearer wrong", "Bearer ", "Basic YTpi", "nonsense"])
def test_wrong_token_never_falls_back_to_the_session(county: County, stated: str) -> None:
    client = Client(headers={"Authorization": stated})
    client.force_login(county.users["office"])
    answer = client.get("/api/v1/kinds")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_session_needs_the_csrf_token_to_write(county: County) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(county.users["intake"])
    assert client.get("/api/v1/kinds").status_code == 200
    body = {"kind": "lead", "answers": {"source": "来信"}}
    refused = client.post("/api/v1/matters", data=body, content_type="application/json")
    assert refused.status_code == 403
    assert "防伪" in refused.json()["detail"]
    client.cookies["csrftoken"] = mark = "a" * 32
    taken = client.post(
        "/api/v1/matters",
        data=body,
        content_type="application/json",
        headers={"X-CSRFToken": mark},
    )
    assert taken.status_code == 201


def test_rate_is_limited(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callers, "_rate", Rate(per_minute=1, burst=2))
    one, other = caller_of(county, "office"), caller_of(county, "head")
    assert [one.read("kinds").status_code for _ in range(3)] == [200, 200, 429]
    assert other.read("kinds").status_code == 200
    assert 0 < int(one.read("kinds")["Retry-After"]) <= 60


def test_bucket_fills_again_and_stays_small() -> None:
    rate = Rate(per_minute=60, burst=1, keys_max=3)
    assert rate.take(1, at_s=0) == 0
    assert rate.take(1, at_s=0.5) == pytest.approx(0.5)
    assert rate.take(1, at_s=1.1) == 0
    for key in range(2, 9):
        rate.take(key, at_s=2)
    assert len(rate) == 3


@with_page
def test_page_makes_shows_once_and_revokes(county: County) -> None:
    client = Client()
    assert client.get("/desk/tokens").status_code == 302
    client.force_login(county.users["office"])
    assert "还没有令牌" in client.get("/desk/tokens").content.decode()
    made = client.post("/desk/tokens/new", {"name": "数据对接", "days": "90"})
    assert made.status_code == 200
    token = Token.objects.get()
    text = made.content.decode()
    shown = text[text.index(f"bihuan_{token.prefix}_") :].split("<")[0].strip()
    assert Caller(shown).read("kinds").status_code == 200
    assert shown not in client.get("/desk/tokens").content.decode()
    answer = client.post("/desk/tokens/revoke", {"selected": [str(token.pk), "99999", "x"]})
    assert answer.status_code == 303
    assert Caller(shown).read("kinds").status_code == 401
    assert "已停用" in client.get("/desk/tokens").content.decode()


@with_page
def test_page_keeps_to_own_tokens_and_tells_what_is_wrong(county: County) -> None:
    token, text = make_token(county.users["handler"], name="他人", days=30, now=NOW)
    client = Client()
    client.force_login(county.users["office"])
    assert "他人" not in client.get("/desk/tokens").content.decode()
    client.post("/desk/tokens/revoke", {"selected": [str(token.pk)]})
    assert token_of(text, now=NOW) is not None
    assert client.post("/desk/tokens/new", {"name": "", "days": "90"}).status_code == 422
    for _ in range(LIVE_MAX):
        make_token(county.users["office"], name="对接", days=30, now=NOW)
    full = client.post("/desk/tokens/new", {"name": "再来", "days": "90"})
    assert full.status_code == 409
    with standing_at(NOW + timedelta(days=60)):
        assert "已过期" in client.get("/desk/tokens").content.decode()
