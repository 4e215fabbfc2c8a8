"""PostgreSQL's two roles: the owner migrates, the application can't touch what was written."""

import subprocess
import sys
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from bihuan.config.databases import APP, APP_ROLE_IS, OWNER, take_role
from bihuan.config.rights import APPEND_ONLY
from bihuan.config.tests.processes import PROJECT, run, surroundings
from bihuan.config.throwaway import NoPostgresError, throwaway_postgres
from bihuan.config.wrong import WrongSetting

WALK = """
import django
django.setup()
from datetime import timedelta
from django.utils import timezone
from tests.soak import ground
county = ground.settle()
ground.closed(county, timezone.now() - timedelta(days=1))
"""
pytestmark = [pytest.mark.slow, pytest.mark.once]


@dataclass(frozen=True, kw_only=True)
class Roles:
    """A database of the owner's, and who comes to it."""

    home: Path
    bare: str

    def url(self, role: str, database: str = "first") -> str:
        return f"{self.bare.replace('bihuan@', f'{role}@')}/{database}"

    @property
    def app(self) -> dict[str, str]:
        return {APP: self.url("app")}

    @property
    def owner(self) -> dict[str, str]:
        return {APP: self.url("app"), OWNER: self.url("owner")}


@pytest.fixture(scope="module")
def roles(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Roles]:
    """A deployment whose tables are the owner's, with a county of leads by the application."""
    home = tmp_path_factory.mktemp("roles") / "home"
    try:
        with throwaway_postgres() as url:
            with psycopg.connect(url, autocommit=True) as server:
                for role in ("owner", "app", "mighty"):
                    server.execute(f"CREATE ROLE {role} LOGIN".encode())
                server.execute("ALTER ROLE mighty SUPERUSER")
                server.execute("CREATE ROLE heir LOGIN IN ROLE owner")
                for name in ("first", "second"):
                    server.execute(f"CREATE DATABASE {name} OWNER owner".encode())
            yield settled(Roles(home=home, bare=url.removesuffix("/postgres")))
    except NoPostgresError as missing:
        pytest.skip(str(missing))


def settled(roles: Roles) -> Roles:
    early = run(roles.home, "init", **roles.app)
    assert early.returncode == 2
    assert "应用角色不能建表。请设好 BIHUAN_DATABASE_OWNER" in early.stderr
    made = run(roles.home, "init", **roles.owner)
    assert made.returncode == 0, made.stderr
    assert "已给应用角色“app”授权" in made.stderr
    told = surroundings(roles.home, **roles.app, BIHUAN_MODE="test")
    walk = [sys.executable, "-c", WALK]
    subprocess.run(walk, check=True, cwd=PROJECT, env=told)  # noqa: S603
    return roles


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {} SET {} = {}",
        "DELETE FROM {}",
        "TRUNCATE {}",
        "ALTER TABLE {} DISABLE TRIGGER ALL",
        "ALTER TABLE {} DISABLE TRIGGER USER",
        "ALTER TABLE {} OWNER TO app",
        "DROP TABLE {}",
    ],
)
def test_what_is_written_for_good_is_kept_by_rights(
    roles: Roles, table: str, statement: str
) -> None:
    column = {"matters_entry": "step", "matters_seal": "hash"}.get(table, "id")
    with psycopg.connect(roles.url("app")) as link, pytest.raises(psycopg.Error) as refused:
        link.execute(statement.format(table, column, column).encode())
    assert isinstance(refused.value, psycopg.errors.InsufficientPrivilege)  # not the trigger


@pytest.mark.parametrize(
    "statement",
    [
        b"SET session_replication_role = replica",
        b"CREATE TABLE mine (x int)",
        b"DELETE FROM django_migrations",
        b"DROP TRIGGER entry_stays ON matters_entry",
        b"ALTER FUNCTION trail_is_append_only() OWNER TO app",
        b"SET ROLE owner",
    ],
)
def test_ways_around_are_refused(roles: Roles, statement: bytes) -> None:
    with (
        psycopg.connect(roles.url("app")) as link,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        link.execute(statement)


def test_everything_else_works_as_the_application(roles: Roles, tmp_path: Path) -> None:
    with psycopg.connect(roles.url("app")) as link:
        row = link.execute("SELECT count(*), count(DISTINCT step) FROM matters_entry").fetchone()
    assert row is not None
    assert row[0] > 15
    assert row[1] > 12  # a lead from its opening to its end, with what stands beside it
    kept = tmp_path / "kept.zip"
    for verb in (("tick",), ("seal",), ("verify", "--files"), ("backup", str(kept))):
        done = run(roles.home, *verb, **roles.app)
        assert done.returncode == 0, (verb, done.stderr)
    second = {APP: roles.url("app", "second"), OWNER: roles.url("owner", "second")}
    back = run(tmp_path / "drill", "restore", str(kept), **second)
    assert back.returncode == 0, back.stderr
    again = run(tmp_path / "drill", "verify", **{APP: second[APP]})
    assert again.returncode == 0, again.stderr
    with (
        psycopg.connect(second[APP]) as link,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        link.execute("DELETE FROM matters_seal")


@pytest.mark.parametrize(
    ("role", "words"),
    [("owner", "以宿主角色“owner”运行"), ("heir", "以宿主角色“heir”运行"), ("app", "")],
)
def test_status_tells_who_owns_the_tables(roles: Roles, role: str, words: str) -> None:
    done = run(roles.home, "status", **{APP: roles.url(role)})
    if words:
        assert done.returncode == 1
        assert words in done.stderr
    else:
        assert "宿主角色" not in done.stderr
        assert "应用角色对留痕、日封等只能追加" in done.stdout


def test_a_right_given_by_hand_is_told_and_taken_back_by_init(roles: Roles) -> None:
    with psycopg.connect(roles.url("owner"), autocommit=True) as link:
        link.execute("GRANT UPDATE ON matters_entry TO app")
    told = run(roles.home, "status", **roles.app).stderr
    assert "角色“app”还能改或删 matters_entry" in told
    assert run(roles.home, "init", **roles.owner).returncode == 0
    assert "还能改或删" not in run(roles.home, "status", **roles.app).stderr


@pytest.mark.parametrize(
    ("role", "words"),
    [("nobody", "没有角色“nobody”"), ("mighty", "超级用户"), ("heir", "代行表的所有者")],
)
def test_a_role_that_cannot_be_limited_is_refused(roles: Roles, role: str, words: str) -> None:
    done = run(roles.home, "init", **{APP: roles.url(role), OWNER: roles.url("owner")})
    assert done.returncode == 2
    assert words in done.stderr


def test_the_grants_can_be_read_before(roles: Roles) -> None:
    told = run(roles.home, "init", "--show-rights", 'a"b').stdout
    assert 'GRANT USAGE ON SCHEMA public TO "a""b";' in told
    assert "TRUNCATE" not in told  # nothing gives it
    assert '"matters_entry", "matters_seal"' in told


HERE = "postgresql://app:secret@127.0.0.1:5432/bihuan"
OWNERS = HERE.replace("app", "owner")


@pytest.mark.parametrize("verb", ["serve", "tick", "verify", "backup"])
def test_other_verbs_lose_sight_of_the_owner(verb: str) -> None:
    environment: MutableMapping[str, str] = {APP: HERE, OWNER: OWNERS, APP_ROLE_IS: "x"}
    take_role(verb, environment)
    assert environment == {APP: HERE}


def test_the_owner_works_where_tables_change() -> None:
    environment: MutableMapping[str, str] = {APP: HERE, OWNER: OWNERS}
    take_role("init", environment)
    assert environment == {APP: OWNERS, APP_ROLE_IS: "app"}


@pytest.mark.parametrize(
    ("owner", "words"),
    [(HERE, "同一个角色"), (OWNERS.replace("/bihuan", "/other"), "同一个库"), ("x", "同一个库")],
)
def test_two_urls_that_contradict_each_other_are_refused(owner: str, words: str) -> None:
    with pytest.raises(WrongSetting, match=words):
        take_role("restore", {APP: HERE, OWNER: owner})
