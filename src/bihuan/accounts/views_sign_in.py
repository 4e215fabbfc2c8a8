"""Pages before sign-in: password, code, first phone, new password, first start."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from bihuan.accounts import (
    codes,
    firststart,
    links,
    pending,
    plain_http,
    second_factor,
    signing_in,
    sittings,
)
from bihuan.accounts.form_fields import add_refusal, fields_of
from bihuan.accounts.forms import CodeForm, EnrolForm, FirstStartForm, NewPasswordForm, SignInForm
from bihuan.accounts.limits import LOCK_SENTENCE, SESSION_SENTENCE
from bihuan.accounts.models import SignIn, User
from bihuan.accounts.passwords import set_password
from bihuan.accounts.refusals import Refusal
from bihuan.accounts.requests import user_or_none
from bihuan.accounts.roles import BY_KEY
from bihuan.accounts.screens import bad, end, notices_of, say, see_other

ISSUER = "矿安闭环"


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Account and password; then the code, if one is due."""
    next_url = pending.safe_next(request)
    if user_or_none(request) is not None:
        return see_other(next_url)
    form = SignInForm(request.POST or None)
    notices = notices_of(request)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        now = timezone.now()
        origin = sittings.origin_of(request)
        try:
            user = signing_in.check_first(
                typed["username"], typed["password"], origin=origin, now=now
            )
        except signing_in.TooManyFailures:
            return end(request, title="请稍后再登录", sentence=signing_in.TOO_OFTEN, status=429)
        if user is not None:
            return _after_password(request, user, next_url)
        notices = [bad(signing_in.WRONG)]
    return _lone(
        request,
        title="登录",
        form=form,
        action=reverse("accounts:sign_in"),
        button="登录",
        notices=[*notices, *plain_http.notices(request, words=plain_http.FOR_EVERYBODY)],
        hidden={"next": next_url},
        below=[LOCK_SENTENCE, SESSION_SENTENCE],
        status=422 if request.method == "POST" else 200,
    )


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """The code of the phone, after the password was right."""
    now = timezone.now()
    half = pending.held(request, now=now)
    if half is None or not second_factor.is_enrolled(half.user):
        return _again(request)
    form = CodeForm(request.POST or None)
    notices = []
    if request.method == "POST" and form.is_valid():
        origin = sittings.origin_of(request)
        if signing_in.check_second(half.user, form.cleaned_data["code"], origin=origin, now=now):
            return _come_in(request, half.user, half.next_url)
        notices = [bad(signing_in.WRONG_CODE)]
    return _lone(
        request,
        title="填写动态码",
        form=form,
        action=reverse("accounts:sign_in_code"),
        button="确认",
        notices=notices,
        below=["手机和恢复码都不在身边，请找安全管理员停用动态码。"],
        status=422 if request.method == "POST" else 200,
    )


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_enrol(request: HttpRequest) -> HttpResponse:
    """A first phone, for roles that must have one; nobody is in before it is confirmed."""
    now = timezone.now()
    half = pending.held(request, now=now)
    if half is None or second_factor.is_enrolled(half.user):
        return _again(request)
    user = half.user
    secret = pending.fresh_secret(request, user=user)
    form = EnrolForm(request.POST or None)
    notices = [{"words": "您的角色须用密码加动态码登录，请先添加手机。", "tone": "info"}]
    if request.method == "POST" and form.is_valid():
        try:
            fresh = second_factor.enrol(
                user, secret=secret, code=form.cleaned_data["code"], by=user, now=now
            )
        except Refusal as refusal:
            notices = [bad(add_refusal(form, refusal))]
        else:
            _come_in(request, user, half.next_url)
            return show_recovery_codes(request, fresh, next_url=half.next_url)
    return enrol_page(
        request,
        user=user,
        secret=secret,
        form=form,
        notices=notices,
        action=reverse("accounts:sign_in_enrol"),
    )


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session."""
    user = user_or_none(request)
    if user is not None:
        origin = sittings.origin_of(request)
        signing_in.note_end(user, SignIn.Outcome.SIGNED_OUT, origin=origin, now=timezone.now())
    sittings.finish(request)
    say(request, "已退出登录。")
    return see_other(reverse("accounts:sign_in"))


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def set_own_password(request: HttpRequest, code: str, token: str) -> HttpResponse:
    """A new password by a link that a system administrator handed over."""
    user = links.user_of_link(code, token)
    if user is None:
        sentence = "链接已用过、已换发或已过期。请找系统管理员重新发一个设密链接。"
        return end(request, title="链接不能用了", sentence=sentence, status=410)
    form = NewPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            set_password(user, form.cleaned_data["password"], by=None, now=timezone.now())
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            say(request, "密码已设好，请用新密码登录。")
            return see_other(reverse("accounts:sign_in"))
    return _lone(
        request,
        title="设置密码",
        lead=f"账号 {user.username}",
        form=form,
        action=request.path,
        button="保存密码",
        status=422 if request.method == "POST" else 200,
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def first_start(request: HttpRequest, token: str) -> HttpResponse:
    """Set up an empty deployment."""
    now = timezone.now()
    gone = "初次设立链接已用过或过期。请在服务器上重新生成，或用管理员账号登录。"
    if not firststart.is_valid(token, now=now):
        return end(request, title="链接不能用了", sentence=gone, status=410)
    form = FirstStartForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            created = firststart.open_deployment(form.opening(), token=token, now=now)
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            return _hand_over(request, created)
    return _lone(
        request,
        title="初次设立",
        lead="填写本单位和三名管理员。三人各管一块：建账号、授权限、查记录，不能是同一人。",
        form=form,
        action=request.path,
        button="设立",
        status=422 if request.method == "POST" else 200,
    )


def enrol_page(
    request: HttpRequest,
    *,
    user: User,
    secret: bytes,
    form: forms.Form,
    notices: list[dict[str, str]],
    action: str,
) -> HttpResponse:
    """Picture and secret for a phone, and the field for its first code."""
    return _lone(
        request,
        template="accounts/enrol.html",
        title="添加手机动态码",
        form=form,
        action=action,
        button="启用动态码",
        notices=notices,
        picture=codes.picture(secret, account=user.username, issuer=ISSUER),
        secret=codes.shown_secret(secret),
        status=422 if request.method == "POST" else 200,
    )


def show_recovery_codes(request: HttpRequest, fresh: list[str], *, next_url: str) -> HttpResponse:
    """Recovery codes on the page that answers; they can't be asked for again."""
    words = (
        "手机不在身边时，每个恢复码可代替动态码登录一次。"
        "请打印或抄下，锁进抽屉；离开本页就不再显示。"
    )
    page = {"title": "十个恢复码", "lead": words}
    context = {"page": page, "codes": fresh, "next_url": next_url}
    return render(request, "accounts/recovery.html", context)


def _after_password(request: HttpRequest, user: User, next_url: str) -> HttpResponse:
    now = timezone.now()
    if second_factor.is_enrolled(user):
        pending.hold(request, user=user, next_url=next_url, now=now)
        return see_other(reverse("accounts:sign_in_code"))
    if second_factor.must_enrol(user, on=timezone.localdate(now)):
        pending.hold(request, user=user, next_url=next_url, now=now)
        return see_other(reverse("accounts:sign_in_enrol"))
    return _come_in(request, user, next_url)


def _come_in(request: HttpRequest, user: User, next_url: str) -> HttpResponse:
    now = timezone.now()
    signing_in.complete(user, origin=sittings.origin_of(request), now=now)
    pending.drop(request)
    request.session.pop("enrolling", None)
    sittings.begin(request, user=user, now=now)
    return see_other(next_url)


def _again(request: HttpRequest) -> HttpResponse:
    pending.drop(request)
    return see_other(reverse("accounts:sign_in"))


def _hand_over(request: HttpRequest, created: list[tuple[User, str]]) -> HttpResponse:
    rows = [
        {
            "name": user.display_name,
            "role": "、".join(BY_KEY[grant.role].label for grant in user.grants.all()),
            "username": user.username,
            "url": request.build_absolute_uri(path),
        }
        for user, path in created
    ]
    words = (
        "把各人的链接当面交给本人，由本人设置密码。"
        f"链接{firststart.link_age_words()}，离开本页不再显示。"
    )
    page = {"title": "已设立，请交付链接", "lead": words}
    return render(request, "accounts/handed.html", {"page": page, "links": rows})


def _lone(
    request: HttpRequest,
    *,
    title: str,
    form: forms.Form,
    status: int,
    template: str = "accounts/lone.html",
    lead: str = "",
    notices: list[dict[str, str]] | None = None,
    **context: Any,
) -> HttpResponse:
    page = {"title": title, "lead": lead, "notices": notices or []}
    filled = {"page": page, "fields": fields_of(form), **context}
    return render(request, template, filled, status=status)
