"""My account: posts and roles, password, phone, sessions."""

from django.contrib.auth.hashers import check_password
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from bihuan.accounts import pending, second_factor, sittings
from bihuan.accounts.form_fields import add_refusal
from bihuan.accounts.forms import ChangePasswordForm, EnrolForm, PasswordOnlyForm
from bihuan.accounts.limits import SESSION_SENTENCE
from bihuan.accounts.models import User
from bihuan.accounts.passwords import set_password
from bihuan.accounts.queries import grant_rows, post_rows, sitting_rows
from bihuan.accounts.refusals import Refusal
from bihuan.accounts.requests import signed_in, user_from
from bihuan.accounts.screens import (
    Box,
    Facts,
    Page,
    Part,
    Table,
    bad,
    column,
    entries,
    say,
    see_other,
    show,
)
from bihuan.accounts.views_sign_in import enrol_page, show_recovery_codes

GRANT_COLUMNS = (
    column("role", "角色"),
    column("unit", "单位"),
    column("region", "范围"),
    column("from_on", "自", "date"),
    column("until_on", "至", "date"),
)
WRONG_PASSWORD = Refusal("密码不对。", fields={"current": "现在的密码不对，请再填一次。"})


@signed_in
def profile(request: HttpRequest) -> HttpResponse:
    """Everything about the own account on one page."""
    return _page(request)


@never_cache
@sensitive_post_parameters()
@require_POST
@signed_in
def change_password(request: HttpRequest) -> HttpResponse:
    """A new password; other sessions end, this one stays."""
    user, now = user_from(request), timezone.now()
    form = ChangePasswordForm(request.POST)
    if form.is_valid():
        try:
            _check_present(user, form.cleaned_data["current"])
            set_password(user, form.cleaned_data["password"], by=user, now=now)
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            sittings.keep_this_one(request, user=user, now=now)
            say(request, "密码已改，其他登录都已结束。")
            return see_other(reverse("accounts:profile"))
    return _page(request, password_form=form, status=422)


@never_cache
@signed_in
def enrol(request: HttpRequest) -> HttpResponse:
    """Add a phone of one's own accord."""
    user, now = user_from(request), timezone.now()
    if second_factor.is_enrolled(user):
        return see_other(reverse("accounts:profile"))
    secret = pending.fresh_secret(request, user=user)
    form = EnrolForm(request.POST or None)
    notices = []
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["code"]
        try:
            fresh = second_factor.enrol(user, secret=secret, code=code, by=user, now=now)
        except Refusal as refusal:
            notices = [bad(add_refusal(form, refusal))]
        else:
            request.session.pop("enrolling", None)
            sittings.keep_this_one(request, user=user, now=now)
            return show_recovery_codes(request, fresh, next_url=reverse("accounts:profile"))
    action = reverse("accounts:enrol")
    return enrol_page(request, user=user, secret=secret, form=form, notices=notices, action=action)


@never_cache
@sensitive_post_parameters()
@require_POST
@signed_in
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Ten new recovery codes, for the price of the password."""
    user, now = user_from(request), timezone.now()
    form = PasswordOnlyForm(request.POST)
    if form.is_valid():
        try:
            _check_present(user, form.cleaned_data["current"])
            fresh = second_factor.renew_recovery_codes(user, by=user, now=now)
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            return show_recovery_codes(request, fresh, next_url=reverse("accounts:profile"))
    return _page(request, recovery_form=form, status=422)


@require_POST
@signed_in
def end_sessions(request: HttpRequest) -> HttpResponse:
    """End ticked sessions, or all others."""
    user, now = user_from(request), timezone.now()
    if request.POST.get("action") == "others":
        sittings.end_all(user, by=user, now=now)
        sittings.keep_this_one(request, user=user, now=now)
        say(request, "其他登录都已结束。")
        return see_other(reverse("accounts:profile"))
    picked = [
        int(one) for one in request.POST.getlist("selected") if one.isdecimal() and len(one) < 19
    ]
    ended = sum(sittings.end_one(user, sitting_id=one, by=user, now=now) for one in picked)
    say(request, f"已结束{ended}个登录。" if ended else "没有勾选还在使用的登录。")
    return see_other(reverse("accounts:profile"))


def _page(
    request: HttpRequest,
    *,
    password_form: ChangePasswordForm | None = None,
    recovery_form: PasswordOnlyForm | None = None,
    status: int = 200,
) -> HttpResponse:
    user = user_from(request)
    parts: list[Part] = [
        Facts(heading="账号", entries=entries(_facts(user))),
        Table(
            heading="我的岗位",
            columns=(column("post", "岗位"), column("from_on", "自"), column("until_on", "至")),
            rows=post_rows(user),
            empty_words="没有登记岗位，需要登记请找系统管理员",
        ),
        Table(
            heading="我的角色",
            columns=GRANT_COLUMNS,
            rows=grant_rows(user),
            empty_words="没有角色，需要授权请找安全管理员",
        ),
        _sessions_table(request, user),
        Box(
            heading="修改密码",
            form=password_form or ChangePasswordForm(),
            action=reverse("accounts:change_password"),
            button="修改密码",
            words="改后其他登录立即结束。",
            name="password",
        ),
    ]
    if second_factor.is_enrolled(user):
        parts.append(_recovery_box(user, recovery_form))
    actions = (
        []
        if second_factor.is_enrolled(user)
        else [{"label": "添加手机动态码", "url": reverse("accounts:enrol"), "icon": "phone"}]
    )
    page = Page(title="账号与密码", lead=SESSION_SENTENCE, parts=parts, actions=actions)
    return show(request, page, status=status)


def _facts(user: User) -> list[tuple[str, object]]:
    code = "已启用" if second_factor.is_enrolled(user) else "未启用"
    return [
        ("姓名", user.display_name),
        ("账号名", user.username),
        ("所属单位", user.unit.name if user.unit else ""),
        ("手机动态码", code),
    ]


def _sessions_table(request: HttpRequest, user: User) -> Table:
    return Table(
        heading="正在使用的登录",
        columns=(
            column("device", "浏览器"),
            column("started_at", "登录时间"),
            column("seen_at", "最近使用"),
            column("address", "地址"),
            column("this", "本机", "chip"),
        ),
        rows=sitting_rows(user, session_key=request.session.session_key or ""),
        empty_words="没有其他登录",
        bulk={
            "id": "sessions",
            "action": reverse("accounts:end_sessions"),
            "actions": [
                {"label": "结束所选", "value": "picked"},
                {"label": "结束其他全部", "value": "others"},
            ],
        },
    )


def _recovery_box(user: User, form: PasswordOnlyForm | None) -> Box:
    left = second_factor.recovery_codes_left(user)
    return Box(
        heading="恢复码",
        form=form or PasswordOnlyForm(),
        action=reverse("accounts:recovery_codes"),
        button="换发恢复码",
        words=f"还有{left}个没用过。换发后，旧的全部作废。",
        name="recovery",
    )


def _check_present(user: User, password: str) -> None:
    if not check_password(password, user.password):
        raise Refusal(WRONG_PASSWORD.sentence, fields=WRONG_PASSWORD.fields)
