"""Shapes of what people type about accounts; the rules are checked by the functions behind."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet

from bihuan.accounts.firststart import DUTIES, Newcomer, Opening
from bihuan.accounts.models import User
from bihuan.accounts.passwords import RULES_SENTENCE
from bihuan.accounts.roles import BY_KEY, ROLES
from bihuan.places.models import Person, Region, Unit

ACCOUNT_SHAPE = r"[a-z][a-z0-9._-]{2,39}"


def day(label: str, *, required: bool = True, hint: str = "") -> forms.DateField:
    """A day."""
    messages = {"invalid": "请按2026-03-01的样子填写日期。"}
    return forms.DateField(label=label, required=required, help_text=hint, error_messages=messages)


def reason(label: str = "原因") -> forms.CharField:
    """Why, in words; kept in the record."""
    return forms.CharField(
        label=label, max_length=300, widget=forms.Textarea(attrs={"rows": 2, "whole": True})
    )


def account_name(label: str = "账号名") -> forms.RegexField:
    """Lower-case letters and digits, so that it can be read out on the phone."""
    return forms.RegexField(
        rf"(?i)^{ACCOUNT_SHAPE}$",
        label=label,
        help_text="小写字母开头，3至40个字母、数字、点、横线",
        error_messages={"invalid": "账号名须以字母开头，用3至40个字母、数字、点或横线。"},
    )


class SignInForm(forms.Form):
    """Account and password."""

    username = forms.CharField(
        label="账号",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "username", "required": False}),
    )
    password = forms.CharField(
        label="密码",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "required": False}),
    )


class CodeForm(forms.Form):
    """The code of the moment, or a recovery code."""

    code = forms.CharField(
        label="动态码或恢复码",
        max_length=20,
        help_text="手机动态码是6位数字；手机不在身边时填一个恢复码",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "required": False}),
    )


class EnrolForm(forms.Form):
    """The first code of a phone just added."""

    code = forms.CharField(
        label="手机显示的6位动态码",
        max_length=10,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "required": False}
        ),
    )


class NewPasswordForm(forms.Form):
    """A password, twice."""

    password = forms.CharField(
        label="新密码",
        max_length=200,
        strip=False,
        help_text=RULES_SENTENCE,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="再填一次",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """Both must be the same."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, second = cleaned.get("password"), cleaned.get("again")
        if first and second and first != second:
            self.add_error("again", "两次填的不一样，请再填一次。")
        return cleaned


class ChangePasswordForm(NewPasswordForm):
    """The present password, then the new one."""

    field_order = ("current", "password", "again")
    current = forms.CharField(
        label="现在的密码",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class ReasonForm(forms.Form):
    """Only a reason."""

    reason = reason()


class SuccessionForm(forms.Form):
    """Who takes everything over, and why."""

    to = forms.ModelChoiceField(label="接手人", queryset=User.objects.none(), empty_label="请选择")
    reason = reason()

    def __init__(self, *args: Any, users: QuerySet[User], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["to"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = users


class PasswordOnlyForm(forms.Form):
    """The present password, before something that weakens or renews the second factor."""

    current = forms.CharField(
        label="现在的密码",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class FirstStartForm(forms.Form):
    """Regions, the bureau and the three administrators."""

    code = forms.RegexField(
        r"^\d{6}$",
        label="行政区划代码",
        help_text="6位；市级部署填市的代码",
        error_messages={"invalid": "请填写6位数字的行政区划代码。"},
    )
    province = forms.CharField(label="省", max_length=60)
    city = forms.CharField(label="市", max_length=60)
    county = forms.CharField(
        label="县（市、区）", max_length=60, required=False, help_text="市级部署不填"
    )
    bureau = forms.CharField(label="单位名称", max_length=80)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for role in DUTIES:
            label = BY_KEY[role].label
            self.fields[f"{role}_name"] = forms.CharField(label=f"{label}姓名", max_length=40)
            self.fields[f"{role}_username"] = account_name(f"{label}账号名")

    def opening(self) -> Opening:
        """What was filled in."""
        typed = self.cleaned_data
        plain = {key: typed[key] for key in ("code", "province", "city", "county", "bureau")}
        newcomers = tuple(
            Newcomer(
                role=role, name=typed[f"{role}_name"], username=typed[f"{role}_username"].lower()
            )
            for role in DUTIES
        )
        return Opening(newcomers=newcomers, **plain)


class AccountForm(forms.Form):
    """A new account: a person already known, or a new one."""

    username = account_name()
    person = forms.ModelChoiceField(
        Person.objects.none(), label="已登记的人员", required=False, help_text="新人不选"
    )
    name = forms.CharField(label="新人员姓名", max_length=40, required=False)
    unit = forms.ModelChoiceField(Unit.objects.none(), label="所属单位")

    def __init__(
        self, *args: Any, persons: QuerySet[Person], units: QuerySet[Unit], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        narrow(self, person=persons, unit=units)

    def clean(self) -> dict[str, Any]:
        """Either a known person or a name."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if bool(cleaned.get("person")) == bool(cleaned.get("name")):
            self.add_error("name", "请选择已登记的人员，或填写新人员的姓名，两者填一个。")
        return cleaned


class GrantForm(forms.Form):
    """A role for a unit, with days."""

    role = forms.ChoiceField(
        label="角色", choices=[(role.key, f"{role.label}：{role.sentence}") for role in ROLES]
    )
    unit = forms.ModelChoiceField(Unit.objects.none(), label="单位")
    region = forms.ModelChoiceField(
        Region.objects.none(), label="范围", required=False, help_text="不选即单位所在行政区"
    )
    from_on = day("自")
    until_on = day("至", required=False, hint="长期的不填")
    reason = reason("原因或依据文件")

    def __init__(
        self, *args: Any, units: QuerySet[Unit], regions: QuerySet[Region], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        narrow(self, unit=units, region=regions)


def narrow(form: forms.Form, **rows: QuerySet[Any]) -> None:
    """Let the choices of a form be only rows within the actor's reach."""
    for name, queryset in rows.items():
        field = form.fields[name]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = queryset


def today_first(today: date) -> dict[str, object]:
    """Initial values of a form whose first day is usually today."""
    return {"from_on": today}
