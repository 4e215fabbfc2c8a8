"""The role matrix: who may do what, made from the roles and the declarations' steps."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from bihuan.accounts.requests import actor_from, signed_in
from bihuan.accounts.roles import ROLES, Reach, Role
from bihuan.language.loop import Loop, Step
from bihuan.matters.declarations import catalog

REACHES = {
    Reach.REGION: "所授行政区内的全部事项",
    Reach.KINDS: "所授行政区内的监测预警事项",
    Reach.UNIT: "交给所在单位的事项",
    Reach.NONE: "看不到事项",
}


@signed_in
def show_roles(request: HttpRequest) -> HttpResponse:
    """Every role with its sentence and reach, and per kind of matter which step is whose."""
    held = actor_from(request).roles
    context = {
        "page": {
            "title": "角色与权限",
            "lead": "由各类事项的办理动作生成，与系统实际判断一致。",
        },
        "roles": [
            {
                "title": role.label,
                "sub": f"{role.sentence}可见范围：{REACHES[role.reach]}。",
                "chip": {"label": "您的角色", "tone": "doing"} if role.key in held else None,
            }
            for role in ROLES
        ],
        "matrices": [matrix_of(loop) for loop in catalog().loops],
    }
    return render(request, "desk/roles.html", context)


def matrix_of(loop: Loop) -> dict[str, Any]:
    """One kind of matter: roles that act in it across, opening it and its steps down."""
    across = [role for role in ROLES if _acts(role, loop)]
    lines = [("登记", [role.key in loop.open_by for role in across])] if loop.open_by else []
    lines += [(_label(step), [role.key in step.by for role in across]) for step in loop.steps]
    return {
        "key": loop.key,
        "label": loop.label,
        "roles": [role.label for role in across],
        "lines": [{"label": label, "marks": marks} for label, marks in lines],
    }


def _acts(role: Role, loop: Loop) -> bool:
    return role.key in loop.open_by or any(role.key in step.by for step in loop.steps)


def _label(step: Step) -> str:
    return f"{step.label}（须另一人）" if step.other_than else step.label
