"""The logs of readings: who opened sealed originals and identities, who exported what."""

from collections.abc import Sequence
from typing import Any

from bihuan.accounts import scope
from bihuan.accounts.actors import Actor
from bihuan.accounts.logs import Log, add_log
from bihuan.accounts.models import AuditLine
from bihuan.accounts.screens import column
from bihuan.config.export_log import ACTION
from bihuan.leads.models import Reading
from bihuan.ui.words import moment

ROLE = "audit_admin"


def add_logs() -> None:
    """Make both readable for the audit administrator."""
    add_log(
        Log(
            key="readings",
            label="调阅密封件",
            about="谁在何时打开了举报原文、举报人身份，为什么",
            columns=(
                column("at", "时间"),
                column("number", "事项", "title"),
                column("who", "调阅人"),
                column("what", "内容"),
                column("reason", "事由"),
            ),
            rows=_readings,
        )
    )
    add_log(
        Log(
            key="exports",
            label="导出",
            about="谁在何时把台账、报表导出成文件",
            columns=(
                column("at", "时间"),
                column("what", "导出的表", "title"),
                column("who", "导出人"),
                column("asked", "用了哪些筛选项"),
            ),
            rows=_exports,
        )
    )


def _readings(by: Actor, before: int, limit: int) -> Sequence[dict[str, Any]]:
    regions = scope.regions_of(by, role=ROLE).order_by().values("pk")
    found = Reading.objects.filter(matter__l3__in=regions).order_by("-id")
    found = found.filter(pk__lt=before) if before else found
    return [
        {"id": row.pk, "cells": _reading_cells(row)}
        for row in found.select_related("who__person", "matter")[:limit]
    ]


def _exports(by: Actor, before: int, limit: int) -> Sequence[dict[str, Any]]:
    regions = scope.regions_of(by, role=ROLE).order_by().values("pk")
    found = AuditLine.objects.filter(action=ACTION, region__in=regions).order_by("-id")
    found = found.filter(pk__lt=before) if before else found
    return [
        {
            "id": row.pk,
            "cells": {
                "at": moment(row.at),
                "what": {"text": row.subject},
                "who": row.by_name,
                "asked": row.after.get("筛选项") or None,
            },
        }
        for row in found[:limit]
    ]


def _reading_cells(row: Reading) -> dict[str, Any]:
    what = row.get_purpose_display()
    return {
        "at": moment(row.at),
        "number": {"text": row.matter.number or row.matter.acceptance_number},
        "who": row.who.display_name,
        "what": f"{what}的文件" if "file-" in row.part else what,
        "reason": row.reason,
    }
