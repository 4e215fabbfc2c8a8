"""The security administrator's pages: grant, revoke, unlock, forget a lost phone."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from bihuan.accounts import administering, granting, scope, second_factor
from bihuan.accounts.form_fields import add_refusal
from bihuan.accounts.forms import GrantForm, ReasonForm, SuccessionForm, today_first
from bihuan.accounts.models import Grant, User
from bihuan.accounts.queries import account_rows, grant_row
from bihuan.accounts.refusals import Refusal
from bihuan.accounts.requests import actor_from, user_from
from bihuan.accounts.screens import (
    Box,
    Facts,
    Links,
    Page,
    Part,
    Table,
    bad,
    entries,
    for_roles,
    not_found,
    say,
    see_other,
    show,
)
from bihuan.accounts.succession import hand_over_all
from bihuan.accounts.views_admin import ACCOUNT_COLUMNS, CRUMB, LISTED_MAX, account_facts
from bihuan.accounts.views_profile import GRANT_COLUMNS

ROLE = "security_admin"


@for_roles(ROLE)
def security(request: HttpRequest) -> HttpResponse:
    """Accounts within reach with the roles they hold."""
    users = list(scope.users_of(actor_from(request), role=ROLE)[:LISTED_MAX])
    urls = {user.pk: reverse("accounts:grants", args=(user.pk,)) for user in users}
    now = timezone.now()
    rows = account_rows(users, now=now, on=timezone.localdate(now), urls=urls)
    table = Table(heading="", columns=ACCOUNT_COLUMNS, rows=rows, foot=f"共{len(rows)}个账号")
    crumbs = (CRUMB, {"label": "授权与解锁"})
    lead = "选一个账号，授予或收回角色。自己的角色由另一名安全管理员办理。"
    return show(request, Page(title="授权与解锁", lead=lead, parts=[table], crumbs=crumbs))


@for_roles(ROLE)
def grants(request: HttpRequest, user_id: int) -> HttpResponse:
    """The roles of one account; POST grants one more."""
    user = _find(request, user_id)
    if user is None:
        return not_found(request)
    if request.method != "POST":
        return _page(request, user)
    form = _grant_form(request, data=request.POST)
    if not form.is_valid():
        return _page(request, user, form=form, status=422)
    typed = form.cleaned_data
    try:
        granting.grant(user, by=user_from(request), now=timezone.now(), **typed)
    except Refusal as refusal:
        sentence = add_refusal(form, refusal)
        return _page(request, user, form=form, notice=sentence, status=409)
    say(request, f"已授予{user.display_name}角色。")
    return see_other(request.path)


@for_roles(ROLE)
def revoke(request: HttpRequest, grant_id: int) -> HttpResponse:
    """Take one role back, with a reason."""
    regions = scope.regions_of(actor_from(request), role=ROLE).order_by().values("pk")
    held = Grant.objects.filter(pk=grant_id, region__in=regions)
    row = held.select_related("user__person", "unit", "region").first()
    if row is None:
        return not_found(request)
    form = ReasonForm(request.POST or None)
    back = reverse("accounts:grants", args=(row.user_id,))
    notices = []
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            granting.revoke(row, by=user_from(request), reason=reason, now=timezone.now())
        except Refusal as refusal:
            notices = [bad(add_refusal(form, refusal))]
        else:
            say(request, f"已收回{row.user.display_name}的角色，立即生效。")
            return see_other(back)
    cells = grant_row(row)["cells"]
    facts = [(one["label"], cells[one["key"]]) for one in GRANT_COLUMNS]
    parts: list[Part] = [
        Facts(heading=f"{row.user.display_name}的角色", entries=entries(facts)),
        Box(heading="收回角色", form=form, action=request.path, button="收回"),
    ]
    crumbs = (CRUMB, {"label": row.user.display_name, "url": back}, {"label": "收回角色"})
    page = Page(title="收回角色", parts=parts, crumbs=crumbs, notices=notices)
    return show(request, page, status=409 if notices else 422 if form.is_bound else 200)


@for_roles(ROLE)
def hand_over(request: HttpRequest, user_id: int) -> HttpResponse:
    """Hand every role and post, and with them all matters, to another person from today."""
    user = _find(request, user_id)
    if user is None:
        return not_found(request)
    others = scope.users_of(actor_from(request), role=ROLE).exclude(pk=user.pk)
    form = SuccessionForm(request.POST or None, users=others.filter(is_active=True))
    back = reverse("accounts:grants", args=(user.pk,))
    notices = []
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            done = hand_over_all(
                user,
                to=form.cleaned_data["to"],
                reason=form.cleaned_data["reason"],
                on=timezone.localdate(now),
                by=user_from(request),
                now=now,
            )
        except Refusal as refusal:
            notices = [bad(add_refusal(form, refusal))]
        else:
            to = form.cleaned_data["to"].display_name
            say(request, f"已向{to}移交{done.roles}个角色、{done.posts}个岗位及其全部事项。")
            return see_other(back)
    words = "角色和岗位从今天起由接手人担任，正在办理的事项随之移交，以往的办理记录不变。"
    box = Box(heading="接手人", form=form, action=request.path, button="移交", words=words)
    crumbs = (CRUMB, {"label": user.display_name, "url": back}, {"label": "移交全部事项"})
    page = Page(title="移交全部事项", parts=[box], crumbs=crumbs, notices=notices)
    return show(request, page, status=409 if notices else 422 if form.is_bound else 200)


@require_POST
@for_roles(ROLE)
def unlock(request: HttpRequest, user_id: int) -> HttpResponse:
    """End a lock before its time."""
    user = _find(request, user_id)
    if user is None:
        return not_found(request)
    try:
        administering.unlock(user, by=user_from(request), now=timezone.now())
    except Refusal as refusal:
        return _page(request, user, notice=refusal.sentence, status=409)
    say(request, f"账号{user.username}已解锁。")
    return see_other(reverse("accounts:grants", args=(user.pk,)))


@require_POST
@for_roles(ROLE)
def forget_phone(request: HttpRequest, user_id: int) -> HttpResponse:
    """Take the second factor away from somebody whose phone is lost."""
    user = _find(request, user_id)
    if user is None:
        return not_found(request)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, user, phone_form=form, status=422)
    reason = form.cleaned_data["reason"]
    try:
        second_factor.forget_phone(user, by=user_from(request), reason=reason, now=timezone.now())
    except Refusal as refusal:
        return _page(request, user, notice=refusal.sentence, status=409)
    say(request, f"已停用{user.display_name}的动态码，其登录都已结束。")
    return see_other(reverse("accounts:grants", args=(user.pk,)))


def _page(
    request: HttpRequest,
    user: User,
    *,
    form: GrantForm | None = None,
    phone_form: ReasonForm | None = None,
    notice: str = "",
    status: int = 200,
) -> HttpResponse:
    rows = Grant.objects.filter(user=user).select_related("unit", "region")
    on = timezone.localdate()
    listed = []
    for row in rows.order_by("-from_on", "-id"):
        url = reverse("accounts:revoke", args=(row.pk,))
        is_over = row.until_on is not None and row.until_on < on
        listed.append(
            {**grant_row(row), "actions": [] if is_over else [{"label": "收回", "url": url}]}
        )
    parts: list[Part] = [
        Facts(heading="账号", entries=entries(account_facts(user))),
        Table(heading="角色", columns=GRANT_COLUMNS, rows=listed, empty_words="没有角色"),
        Box(
            heading="授予角色",
            form=form or _grant_form(request),
            action=reverse("accounts:grants", args=(user.pk,)),
            button="授予",
            name="grant",
        ),
    ]
    url = reverse("accounts:hand_over", args=(user.pk,))
    parts.append(Links(heading="人员变动", entries=[{"title": "移交全部事项", "url": url}]))
    if user.locked_until:
        url = reverse("accounts:unlock", args=(user.pk,))
        parts.append(Box(heading="解除锁定", form=None, action=url, button="解锁", name="unlock"))
    if user.totp_secret:
        parts.append(_phone_box(user, phone_form))
    crumbs = (
        CRUMB,
        {"label": "授权与解锁", "url": reverse("accounts:security")},
        {"label": user.display_name},
    )
    notices = [bad(notice)] if notice else []
    page = Page(title=user.display_name, parts=parts, crumbs=crumbs, notices=notices)
    return show(request, page, status=status)


def _phone_box(user: User, form: ReasonForm | None) -> Box:
    return Box(
        heading="停用动态码",
        form=form or ReasonForm(),
        action=reverse("accounts:forget_phone", args=(user.pk,)),
        button="停用动态码",
        words="手机遗失时用。停用后，须动态码的角色下次登录先添加手机。",
        name="phone",
    )


def _grant_form(request: HttpRequest, *, data: object = None) -> GrantForm:
    by = actor_from(request)
    return GrantForm(
        data,
        initial=today_first(timezone.localdate()),
        units=scope.units_of(by, role=ROLE),
        regions=scope.regions_of(by, role=ROLE),
    )


def _find(request: HttpRequest, user_id: int) -> User | None:
    return scope.users_of(actor_from(request), role=ROLE).filter(pk=user_id).first()
