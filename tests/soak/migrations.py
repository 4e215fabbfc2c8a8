"""Every migration runs forward on a filled database: no row is lost, `verify` is clean.

A deployment of today's version is filled; its rows are carried into a database that stands at the
oldest state an upgrade may start from, as far as that state has their columns; then it is
migrated to today's version. `matters.0001` and `0002` make up the first schema together (0002
builds the storage of entries and search anew, empty), so the oldest state has both.
"""

import sys
import time
from collections.abc import Iterator

from bench.fill import fill
from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from bihuan.accounts.models import AuditLine, User
from bihuan.config.soak_suites import SUITES
from bihuan.leads.models import Reading
from bihuan.matters.models import Matter
from bihuan.matters.verify import verify
from tests.soak import carrying
from tests.soak.ground import is_sqlite

OLDEST = {"matters": "0002_storage", "monitoring": None}  # None: it wasn't there yet
UNCHANGING = ("matters_entry", "matters_seal", "leads_reading", "accounts_auditline")
Figures = dict[str, object]


def rounds(numbers: list[int], *, seed: int) -> Iterator[tuple[int, list[str], Figures]]:
    """The one round of each number; `seed` has no part in it: the fill has a seed of its own."""
    del seed
    for number in numbers:
        call_command("migrate", verbosity=0, interactive=False)
        fill(SUITES["migrations"].each, entries_each=10, say=sys.stderr.write)
        _add_what_fill_leaves_out()
        here = "main" if is_sqlite() else "public"
        carrying.set_aside()
        _migrate_to(_oldest())
        carrying.reach_aside()
        counts = carrying.carry()
        carrying.leave_aside()
        pending = _pending()
        started = time.monotonic()
        call_command("migrate", verbosity=0, interactive=False)
        figures: Figures = {
            "migrated": " ".join(pending),
            "seconds": round(time.monotonic() - started, 1),
            "rows": sum(counts.values()),
        }
        carrying.reach_aside()
        faults = [*_lost(counts), *_misshapen(here)]
        carrying.leave_aside()
        _reset_sequences()
        report = verify()
        faults += report.faults[:20]
        if report.matters < SUITES["migrations"].each:
            faults.append(f"only {report.matters} matters were verified")
        if not pending:
            faults.append("no migration was pending: the oldest state is today's")
        faults += _changeable()
        yield number, faults, figures


def _lost(counts: dict[str, int]) -> Iterator[str]:
    for table, before in counts.items():
        after = carrying.count(table)
        if after != before:
            yield f"{table}: {before} rows before, {after} after"
        elif not table.startswith("matters_searchindex") and (lost := carrying.missing(table)):
            yield f"{table}: {lost} rows aren't as they were"


def _misshapen(here: str) -> Iterator[str]:
    """An upgraded database has the shape of a new one."""
    upgraded, new = carrying.shape(here), carrying.shape(carrying.ASIDE)
    yield from (f"{one} is lacking after the upgrade" for one in sorted(new - upgraded))
    yield from (f"{one} is left over after the upgrade" for one in sorted(upgraded - new))


def _changeable() -> Iterator[str]:
    """What is append-only refuses a change after the upgrade."""
    _write_audit_line()
    for table in UNCHANGING:
        first = {"matters_entry": "step", "matters_seal": "hash"}.get(table, "id")
        for sql in (
            f"UPDATE {table} SET {first} = {first}",  # noqa: S608
            f"DELETE FROM {table}",  # noqa: S608
        ):
            if not _is_refused(sql):
                yield f"{table} can be changed: {sql}"


def _is_refused(sql: str) -> bool:
    try:
        with transaction.atomic():
            carrying.run(sql)
            transaction.set_rollback(True)
    except DatabaseError:
        return True
    return False


def _add_what_fill_leaves_out() -> None:
    """A row in each table that a later migration touches and the fill doesn't write."""
    user = User.objects.order_by("pk").first()
    matter = Matter.objects.order_by("pk").first()
    if user is None or matter is None:
        raise RuntimeError("the fill left no user or no matter")
    Reading.objects.create(
        who=user, matter=matter, purpose="account", part="words", reason="核对", at=timezone.now()
    )
    _write_audit_line()


def _write_audit_line() -> None:
    AuditLine.objects.create(at=timezone.now(), action="grant", by_name="严系统", subject="试")


def _oldest() -> list[tuple[str, str | None]]:
    """The first migration of each of our apps, or the one named above; others at their newest."""
    graph = MigrationExecutor(connection).loader.graph
    ours = {node for node in graph.nodes if graph.nodes[node].__module__.startswith("bihuan.")}
    apps = sorted({app for app, _name in ours})
    earliest = {app: min(name for a, name in ours if a == app) for app in apps}
    first = [(app, OLDEST.get(app, earliest[app])) for app in apps]
    return [*first, *(leaf for leaf in graph.leaf_nodes() if leaf[0] not in apps)]


def _migrate_to(targets: list[tuple[str, str | None]]) -> None:
    MigrationExecutor(connection).migrate(targets)


def _pending() -> list[str]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _back in plan]


def _reset_sequences() -> None:
    for sql in connection.ops.sequence_reset_sql(no_style(), apps.get_models()):
        carrying.run(sql)
