"""The system administrator's accounts: list, create, disable, enable, link; never a grant."""

from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from bihuan.accounts import administering, alarms, plain_http, scope
from bihuan.accounts.firststart import link_age_words
from bihuan.accounts.form_fields import add_refusal
from bihuan.accounts.forms import AccountForm, ReasonForm
from bihuan.accounts.models import User
from bihuan.accounts.queries import account_rows, grant_rows, post_rows, state_of
from bihuan.accounts.refusals import Refusal
from bihuan.accounts.registers import REGISTERS
from bihuan.accounts.requests import actor_from, user_from
from bihuan.accounts.screens import (
    Box,
    Facts,
    Links,
    Page,
    Part,
    Table,
    bad,
    column,
    entries,
    for_roles,
    not_found,
    say,
    see_other,
    show,
)
from bihuan.accounts.views_profile import GRANT_COLUMNS

ROLE = "system_admin"
ACCOUNT_COLUMNS = (
    column("person", "姓名", "title"),
    column("unit", "所属单位"),
    column("roles", "现有角色"),
    column("code", "动态码"),
    column("state", "状态", "chip"),
)
LISTED_MAX = 500
CRUMB = {"label": "系统管理", "url": "/desk/admin/"}


@for_roles("system_admin", "security_admin", "audit_admin")
def home(request: HttpRequest) -> HttpResponse:
    """What each of the three administrators can do here."""
    roles = actor_from(request).roles
    parts: list[Part] = []
    if ROLE in roles:
        places = [
            {
                "title": one.label,
                "url": reverse("accounts:register", args=(one.key,)),
                "sub": one.about,
            }
            for one in REGISTERS.values()
        ]
        parts.append(Links(heading="系统管理员", entries=[*_system_links(), *places]))
    if "security_admin" in roles:
        parts.append(
            Links(
                heading="安全管理员",
                entries=_links(
                    ("授权与解锁", "授予、收回角色，解除锁定，停用动态码", "accounts:security")
                ),
            )
        )
    if "audit_admin" in roles:
        parts.append(
            Links(
                heading="审计管理员",
                entries=_links(
                    ("登录记录", "谁在何时何处登录", "accounts:sign_ins"),
                    ("管理记录", "账号、授权、单位和参数的每次变更", "accounts:changes"),
                    ("查阅记录", "谁看过举报人信息和敏感事项", "accounts:logs"),
                ),
            )
        )
    lead = "系统、安全、审计由三个人分管，谁也不能独自给自己开权限。"
    notices = [bad(sentence) for sentence in alarms.standing()]
    notices += plain_http.notices(request, words=plain_http.FOR_ADMINISTRATORS)
    return show(request, Page(title="系统管理", lead=lead, parts=parts, notices=notices))


@for_roles(ROLE)
def accounts(request: HttpRequest) -> HttpResponse:
    """Accounts within reach."""
    users = list(scope.users_of(actor_from(request), role=ROLE)[:LISTED_MAX])
    urls = {user.pk: reverse("accounts:account", args=(user.pk,)) for user in users}
    now = timezone.now()
    rows = account_rows(users, now=now, on=timezone.localdate(now), urls=urls)
    new = {
        "label": "建账号",
        "url": reverse("accounts:new_account"),
        "tone": "primary",
        "icon": "plus",
    }
    table = Table(heading="", columns=ACCOUNT_COLUMNS, rows=rows, foot=f"共{len(rows)}个账号")
    page = Page(title="账号", parts=[table], crumbs=(CRUMB, {"label": "账号"}), actions=[new])
    return show(request, page)


@never_cache
@for_roles(ROLE)
def new_account(request: HttpRequest) -> HttpResponse:
    """Create an account and hand over its link."""
    by = actor_from(request)
    persons, units = scope.persons_of(by, role=ROLE), scope.units_of(by, role=ROLE)
    form = AccountForm(request.POST or None, persons=persons, units=units)
    notices = []
    if request.method == "POST" and form.is_valid():
        try:
            user = administering.create_account_for(
                form.cleaned_data, by=user_from(request), now=timezone.now()
            )
        except Refusal as refusal:
            notices = [bad(add_refusal(form, refusal))]
        else:
            say(request, f"已建账号{user.username}，请发设密链接，并请安全管理员授权。")
            return see_other(reverse("accounts:account", args=(user.pk,)))
    box = Box(heading="新账号", form=form, action=request.path, button="建账号")
    crumbs = (CRUMB, {"label": "账号", "url": reverse("accounts:accounts")}, {"label": "建账号"})
    page = Page(title="建账号", parts=[box], crumbs=crumbs, notices=notices)
    return show(request, page, status=422 if request.method == "POST" else 200)


@never_cache
@for_roles(ROLE)
def account(request: HttpRequest, user_id: int) -> HttpResponse:
    """One account: facts, posts, roles, what may be done."""
    user = _find(request, user_id)
    return not_found(request) if user is None else _account_page(request, user)


@never_cache
@require_POST
@for_roles(ROLE)
def account_link(request: HttpRequest, user_id: int) -> HttpResponse:
    """A fresh link to set the password, shown once."""
    user = _find(request, user_id)
    if user is None:
        return not_found(request)
    try:
        path = administering.send_link(user, by=user_from(request), now=timezone.now())
    except Refusal as refusal:
        return _account_page(request, user, notice=bad(refusal.sentence), status=409)
    words = f"设密链接，当面交给{user.display_name}，{link_age_words()}，离开本页不再显示："
    notice = {"strong": words, "words": request.build_absolute_uri(path), "tone": "info"}
    return _account_page(request, user, notice=notice)


@require_POST
@for_roles(ROLE)
def account_state(request: HttpRequest, user_id: int) -> HttpResponse:
    """Disable or enable, with a reason."""
    user = _find(request, user_id)
    if user is None:
        return not_found(request)
    form = ReasonForm(request.POST)
    act = administering.disable_account if user.is_active else administering.enable_account
    if form.is_valid():
        try:
            act(user, by=user_from(request), reason=form.cleaned_data["reason"], now=timezone.now())
        except Refusal as refusal:
            return _account_page(request, user, notice=bad(refusal.sentence), status=409)
        say(request, f"账号{user.username}已{'停用' if user.is_active else '启用'}。")
        return see_other(reverse("accounts:account", args=(user.pk,)))
    return _account_page(request, user, form=form, status=422)


def _account_page(
    request: HttpRequest,
    user: User,
    *,
    form: ReasonForm | None = None,
    notice: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    word = "停用" if user.is_active else "启用"
    post_columns = (column("post", "岗位"), column("from_on", "自"), column("until_on", "至"))
    parts: list[Part] = [
        Facts(heading="账号", entries=entries(account_facts(user))),
        Table(heading="岗位", columns=post_columns, rows=post_rows(user), empty_words="没有岗位"),
        Table(
            heading="角色",
            columns=GRANT_COLUMNS,
            rows=grant_rows(user),
            empty_words="没有角色，授权由安全管理员办理",
        ),
        Box(
            heading="设密链接",
            form=None,
            action=reverse("accounts:account_link", args=(user.pk,)),
            button="发设密链接",
            words="原密码在本人设好新密码前仍有效；以前的链接和正在使用的登录立即作废。",
            name="link",
        ),
        Box(
            heading=f"{word}账号",
            form=form or ReasonForm(),
            action=reverse("accounts:account_state", args=(user.pk,)),
            button=f"{word}账号",
            name="state",
        ),
    ]
    crumbs = (
        CRUMB,
        {"label": "账号", "url": reverse("accounts:accounts")},
        {"label": user.username},
    )
    page = Page(
        title=user.display_name, parts=parts, crumbs=crumbs, notices=[notice] if notice else []
    )
    return show(request, page, status=status)


def account_facts(user: User) -> list[tuple[str, object]]:
    """What an administrator sees of an account."""
    return [
        ("账号名", user.username),
        ("所属单位", user.unit.name if user.unit else ""),
        ("状态", state_of(user, now=timezone.now())["label"]),
        ("动态码", "已启用" if user.totp_secret else "未启用"),
    ]


def _find(request: HttpRequest, user_id: int) -> User | None:
    return scope.users_of(actor_from(request), role=ROLE).filter(pk=user_id).first()


def _links(*rows: tuple[str, str, str]) -> list[dict[str, str]]:
    return [{"title": title, "sub": sub, "url": reverse(name)} for title, sub, name in rows]


def _system_links() -> list[dict[str, str]]:
    links = _links(("账号", "建账号、停用、发设密链接；不授角色", "accounts:accounts"))
    for title, sub, name in (
        ("参数与依据包", "期限等参数的来源和本单位设定", "regulations:values"),
        ("运行状况", "时钟、发件、数据库、HTTPS 是否正常", "status"),
    ):
        try:
            links.append({"title": title, "sub": sub, "url": reverse(name)})
        except NoReverseMatch:
            continue  # this process doesn't serve it
    return links
