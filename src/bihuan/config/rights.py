"""What the application's role may do on PostgreSQL: all but change what was written for good.

Triggers stop who forgets; rights stop who means it. A role that owns the tables can take both
away, so the application works under one that doesn't.
"""

from collections.abc import Iterator
from typing import Final

from django.db import connection, transaction

from bihuan.config.wrong import WrongSetting

APPEND_ONLY: Final = (
    "matters_entry",
    "matters_seal",
    "matters_viewing",
    "accounts_auditline",
    "leads_reading",
    "monitoring_seriesvalue",
)
READ_ONLY: Final = ("django_migrations",)
_NOT_THERE = "PostgreSQL 里没有角色“{}”，请先由管理员建：CREATE ROLE … LOGIN PASSWORD …。"
_ALMIGHTY = "角色“{}”是超级用户，或能代行表的所有者，收不回它的权限。请为应用另建一个普通角色。"
_OWNS = (
    "应用以宿主角色“{}”运行：它是表的所有者，能停掉触发器、改写留痕。"
    "请另建应用角色，见部署文档“所有者角色和应用角色”。"
)
_OPEN = "角色“{}”还能改或删 {}。请以所有者角色运行 ./bihuan init 重新授权。"


def statements(role: str) -> Iterator[str]:
    """The grants for a role, in order; given again they change nothing."""
    from psycopg import sql  # noqa: PLC0415 - nobody on SQLite loads the driver

    name = sql.Identifier(role)
    everything = sql.SQL("ALL {} IN SCHEMA public")
    tables, sequences = (everything.format(sql.SQL(kind)) for kind in ("TABLES", "SEQUENCES"))
    closed, read = (
        sql.SQL(", ").join(map(sql.Identifier, names)) for names in (APPEND_ONLY, READ_ONLY)
    )
    for text, on in (
        ("REVOKE ALL ON {} FROM {}", tables),
        ("REVOKE CREATE ON {} FROM {}", sql.SQL("SCHEMA public")),
        ("GRANT USAGE ON {} TO {}", sql.SQL("SCHEMA public")),
        ("GRANT SELECT, INSERT, UPDATE, DELETE ON {} TO {}", tables),
        ("GRANT USAGE, SELECT ON {} TO {}", sequences),
        ("REVOKE UPDATE, DELETE ON {} FROM {}", closed),
        ("REVOKE INSERT, UPDATE, DELETE ON {} FROM {}", read),
    ):
        yield sql.SQL(text).format(on, name).as_string(None)


def give_rights(role: str) -> None:
    """Give the role its rights, all or none; WrongSetting for a role that can't be limited."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = %s", [role])
        found = cursor.fetchone()
        if found is None:
            raise WrongSetting(_NOT_THERE.format(role))
        cursor.execute("SELECT pg_has_role(%s, current_user, 'MEMBER')", [role])
        if found[0] or cursor.fetchone()[0]:
            raise WrongSetting(_ALMIGHTY.format(role))
        for statement in statements(role):
            cursor.execute(statement)


def too_mighty() -> str:
    """What is wrong with the role that the application works under; empty when nothing is."""
    if connection.vendor != "postgresql":
        return ""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT current_user, bool_or(pg_has_role(relowner, 'MEMBER')),
                string_agg(relname, '、' ORDER BY relname) FILTER (WHERE
                    has_table_privilege(oid, 'UPDATE') OR has_table_privilege(oid, 'DELETE')
                    OR has_table_privilege(oid, 'TRUNCATE'))
            FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname = ANY(%s)""",
            [list(APPEND_ONLY)],
        )
        role, owns, changeable = cursor.fetchone()
    if owns:
        return _OWNS.format(role)
    return _OPEN.format(role, changeable) if changeable else ""


def may_migrate() -> bool:
    """Whether this role may make tables."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_schema_privilege('public', 'CREATE')")
        return bool(cursor.fetchone()[0])
