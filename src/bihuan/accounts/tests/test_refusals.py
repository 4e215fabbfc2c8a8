"""What administration refuses, each with its sentence; and nothing is written then."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from tests.people import NOW, SINCE, County

from bihuan.accounts import administering as admin
from bihuan.accounts.firststart import Newcomer, Opening, issue_first_link, open_deployment
from bihuan.accounts.granting import grant, revoke
from bihuan.accounts.models import AuditLine, Grant, RecoveryCode, SignIn, Sitting, User
from bihuan.accounts.queries import state_of
from bihuan.accounts.refusals import Refusal
from bihuan.accounts.registering import appoint, save_region, save_site, save_unit
from bihuan.accounts.second_factor import accept_code, renew_recovery_codes
from bihuan.accounts.succession import hand_over_all
from bihuan.places.models import Person, Post, Region, Site, Unit

TODAY = date(2026, 3, 1)
Act = Callable[[County], Any]


def system(county: County) -> User:
    return county.users["system"]


def region(county: County, **parts: Any) -> Region:
    plain = {"code": "990121103", "name": "西坡镇", "parent": county.region}
    return save_region(None, **(plain | parts), by=system(county), now=NOW)


def post(county: County, *, account: str = "handler", **parts: Any) -> Any:
    held = Post.objects.get(unit=county.units["coal"], function="head")
    plain: dict[str, Any] = {"from_on": TODAY, "until_on": None, "is_acting": False, "paper": ""}
    person = county.users[account].person
    return appoint(person, post=held, **(plain | parts), by=system(county), now=NOW)  # type: ignore[arg-type]


def mine(county: County, **parts: Any) -> Site:
    plain = {"name": "新井", "kind": "coal", "region": county.regions["north"]}
    return save_site(None, **(plain | parts), by=system(county), now=NOW)


REFUSED: dict[str, tuple[Act, str]] = {
    "taken account": (
        lambda c: admin.create_account(
            c.users["intake"].username,
            person=Person.objects.create(name="新来人"),
            unit=c.units["coal"],
            by=system(c),
            now=NOW,
        ),
        "已经有了",
    ),
    "second account": (
        lambda c: admin.create_account(
            "second",
            person=c.users["intake"].person,  # type: ignore[arg-type]
            unit=c.units["coal"],
            by=system(c),
            now=NOW,
        ),
        "一人只用一个账号",
    ),
    "own account": (
        lambda c: admin.disable_account(system(c), by=system(c), reason="调离", now=NOW),
        "不能停用自己",
    ),
    "disabled without reason": (
        lambda c: admin.disable_account(c.users["intake"], by=system(c), reason=" ", now=NOW),
        "没有写明原因",
    ),
    "enabled without reason": (
        lambda c: admin.enable_account(c.users["intake"], by=system(c), reason=" ", now=NOW),
        "没有写明原因",
    ),
    "own lock": (lambda c: admin.unlock(system(c), by=system(c), now=NOW), "不能给自己解锁"),
    "below a town": (lambda c: region(c, parent=c.regions["south"]), "乡镇以下"),
    "code of a region": (lambda c: region(c, code="9901"), "区划代码不对"),
    "region twice": (lambda c: region(c, code=c.regions["south"].code), "区划代码重复"),
    "unit twice": (
        lambda c: save_unit(
            None, region=c.region, name=c.units["coal"].name, by=system(c), now=NOW
        ),
        "单位重复",
    ),
    "site twice": (
        lambda c: save_site(
            None, region=c.regions["north"], name="兴旺煤矿", by=system(c), now=NOW
        ),
        "监管对象重复",
    ),
    "code of a mine": (lambda c: mine(c, code="99012100000１"), "煤矿编码不对"),
    "code of a mine too short": (lambda c: mine(c, code="99012100001"), "煤矿编码不对"),
    "code of a mine twice": (
        lambda c: mine(c, code=c.sites["qingshiling"].code),
        "煤矿编码重复",
    ),
    "site closed before": (
        lambda c: save_site(
            None,
            region=c.region,
            name="新井",
            opened_on=TODAY,
            closed_on=SINCE,
            by=system(c),
            now=NOW,
        ),
        "日期不对",
    ),
    "acting without paper": (lambda c: post(c, is_acting=True), "任职还缺内容"),
    "ends before": (lambda c: post(c, until_on=SINCE), "任职还缺内容"),
    "in post already": (
        lambda c: post(c, account="head", until_on=TODAY),
        "任职还缺内容",
    ),
    "recovery codes": (
        lambda c: renew_recovery_codes(c.users["intake"], by=c.users["intake"], now=NOW),
        "还没有启用动态码",
    ),
}


@pytest.mark.parametrize(("act", "sentence"), REFUSED.values(), ids=REFUSED)
def test_it_is_refused_and_nothing_is_written(county: County, act: Act, sentence: str) -> None:
    lines = AuditLine.objects.count()
    counts = [model.objects.count() for model in (User, Region, Unit, Site)]
    with pytest.raises(Refusal, match=sentence):
        act(county)
    assert AuditLine.objects.count() == lines
    assert [model.objects.count() for model in (User, Region, Unit, Site)] == counts


def test_a_disabled_account_gets_no_link(county: County) -> None:
    intake = county.users["intake"]
    admin.disable_account(intake, by=system(county), reason="调离", now=NOW)
    intake.refresh_from_db()
    with pytest.raises(Refusal, match="先启用"):
        admin.send_link(intake, by=system(county), now=NOW)
    assert state_of(intake, now=NOW)["label"] == "已停用"


def test_an_account_shows_how_it_stands(county: County) -> None:
    intake = county.users["intake"]
    intake.set_password("南坡第三棵核桃树下")
    assert state_of(intake, now=NOW)["label"] == "可用"
    intake.locked_until = NOW + timedelta(minutes=15)
    assert state_of(intake, now=NOW) == {"label": "锁定至2026-03-01 09:15", "tone": "late"}
    intake.locked_until = None
    intake.set_unusable_password()
    assert state_of(intake, now=NOW)["label"] == "未设密码"


def test_roles_are_given_and_taken_by_another(county: County) -> None:
    security = county.users["security"]
    own = Grant.objects.get(user=security)
    with pytest.raises(Refusal, match="不能收回自己的角色"):
        revoke(own, by=security, reason="x", now=NOW)
    held = Grant.objects.get(user=county.users["intake"])
    with pytest.raises(Refusal, match="没有写明原因"):
        revoke(held, by=security, reason=" ", now=NOW)
    with pytest.raises(ValueError, match="unknown role 'king'"):
        grant(
            county.users["intake"],
            role="king",
            unit=county.units["office"],
            from_on=TODAY,
            by=security,
            reason="x",
            now=NOW,
        )


def test_who_has_nothing_hands_nothing_over(county: County) -> None:
    person = Person.objects.create(name="新来人")
    user = User.objects.create_user("new", person=person, password=None)
    with pytest.raises(Refusal, match="没有可以移交"):
        hand_over_all(
            user,
            to=county.users["intake"],
            on=TODAY,
            by=system(county),
            reason="调离",
            now=NOW,
        )


def test_without_a_second_factor_no_code_opens(county: County) -> None:
    assert not accept_code(county.users["intake"], "123456", now=NOW)


def token_of(address: str) -> str:
    return address.rstrip("/").rsplit("/", maxsplit=1)[-1]


OPENING = Opening(
    code="990121",
    province="示例省",
    city="示例市",
    county="青石县",
    bureau="青石县应急管理局",
    newcomers=(
        Newcomer(role="system_admin", name="严系统", username="sys"),
        Newcomer(role="security_admin", name="华安全", username="sec"),
        Newcomer(role="audit_admin", name="金审计", username="aud"),
    ),
)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("opening", "field"),
    [
        (replace(OPENING, code="99"), "code"),
        (replace(OPENING, province=""), "province"),
        (
            replace(
                OPENING,
                newcomers=(
                    OPENING.newcomers[0],
                    replace(OPENING.newcomers[1], name="严系统", username="SYS"),
                    OPENING.newcomers[2],
                ),
            ),
            "security_admin_name",
        ),
    ],
)
def test_a_first_start_that_lacks_something_may_be_tried_again(
    opening: Opening, field: str
) -> None:
    token = token_of(issue_first_link(now=NOW))
    with pytest.raises(Refusal) as refused:
        open_deployment(opening, token=token, now=NOW)
    assert field in refused.value.fields
    assert not Region.objects.exists()
    assert [user.username for user, _link in open_deployment(OPENING, token=token, now=NOW)] == [
        "sys",
        "sec",
        "aud",
    ]


@pytest.mark.django_db
def test_a_first_start_needs_all_three_administrators() -> None:
    token = token_of(issue_first_link(now=NOW))
    two = replace(OPENING, newcomers=OPENING.newcomers[:2])
    with pytest.raises(ValueError, match="each of the three"):
        open_deployment(two, token=token, now=NOW)


def test_rows_name_themselves_without_secrets(county: County) -> None:
    intake = county.users["intake"]
    held = Grant.objects.get(user=intake)
    assert str(held) == f"{intake} intake {held.unit}"
    assert str(RecoveryCode(user=intake, digest=b"x")) == f"{intake.pk} unused"
    assert str(Sitting(user=intake, session_key="s", started_at=NOW)) == f"{intake.pk} {NOW}"
    assert str(SignIn(at=NOW, outcome="wrong")) == f"{NOW} wrong"
    assert str(AuditLine(at=NOW, action="grant", subject="x")) == f"{NOW} grant x"
