"""Turn a Django form into what the field macros of the interface kit expect, with sentences."""

from datetime import date
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from bihuan.accounts.refusals import Refusal

SELECT_FROM = 5  # more options than this are a list, not cards


def fields_of(form: forms.Form) -> list[dict[str, Any]]:
    """One dict for each field: kind, value as typed, hint, error sentence."""
    return [_field(form, form[name]) for name in form.fields]


def errors_of(form: forms.Form) -> list[dict[str, Any]]:
    """What the error summary lists."""
    return [
        {
            "name": str(field["name"]),
            "label": str(field["label"]),
            "sentence": field["error"],
            "missing": _is_empty(form, str(field["name"])),
            "lost": "密码" if field["kind"] == "password" else "",
        }
        for field in fields_of(form)
        if field["error"]
    ]


def _is_empty(form: forms.Form, name: str) -> bool:
    return any(error.code == "required" for error in form.errors.as_data().get(name, []))


def add_refusal(form: forms.Form, refusal: Refusal) -> str:
    """Put the refusal's sentences at their fields; returns the sentence for the page's head."""
    for name, sentence in refusal.fields.items():
        if name in form.fields:
            form.add_error(name, sentence)
    return refusal.sentence


def _field(form: forms.Form, bound: BoundField) -> dict[str, Any]:
    field = bound.field
    kind = _kind(field)
    found: dict[str, Any] = {
        "name": bound.html_name,
        "kind": kind,
        "label": str(bound.label),
        "hint": str(field.help_text),
        "required": field.required and kind != "hidden",
        "error": _sentence(form, bound) if form.is_bound else "",
        "value": _value(bound, kind),
        **field.widget.attrs,
    }
    if isinstance(field, forms.ChoiceField):
        listed = bound.field.widget.choices
        choices = [(str(value), str(label)) for value, label in listed if str(value)]
        found["options"] = [{"value": value, "label": label} for value, label in choices]
        # What may stay empty is a list: a picked card can't be unpicked.
        is_list = len(choices) > SELECT_FROM or not field.required
        found["look"] = "select" if is_list else "row"
    return found


def _kind(field: forms.Field) -> str:
    widgets = {
        forms.HiddenInput: "hidden",
        forms.PasswordInput: "password",
        forms.Textarea: "long_text",
        forms.CheckboxInput: "agree",
    }
    if isinstance(field, forms.ChoiceField):
        return "choice"
    if isinstance(field, forms.DateField):
        return "day"
    return next((kind for widget, kind in widgets.items() if type(field.widget) is widget), "text")


def _value(bound: BoundField, kind: str) -> str:
    if kind == "password":
        return ""  # what was typed into a password field never comes back in a page
    value = bound.value()
    if kind == "agree":
        return "yes" if value in (True, "yes", "True", "on") else ""
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def _sentence(form: forms.Form, bound: BoundField) -> str:
    sentences = []
    for fault in form.errors.as_data().get(bound.name, ()):
        if fault.code == "required":
            verb = "请选择" if isinstance(bound.field, forms.ChoiceField) else "请填写"
            sentences.append(f"{verb}{bound.label}。")
        else:
            sentences += [str(message) for message in fault.messages]
    return "".join(sentences)
