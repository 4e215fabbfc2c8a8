"""Which database, and as whom: PostgreSQL's owner migrates and restores, the application serves.

The owner's password isn't for processes that serve: whoever takes one of those over could undo
what keeps the trail. Only the verbs that change tables are given it.
"""

from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from bihuan.config.wrong import WrongSetting

OWNER: Final = "BIHUAN_DATABASE_OWNER"
APP: Final = "BIHUAN_DATABASE"
APP_ROLE_IS: Final = "BIHUAN_APP_ROLE"  # told from here to the settings, by nobody else
OWNERS_VERBS: Final = ("init", "restore")


def take_role(verb: str, environment: MutableMapping[str, str]) -> None:
    """Let the owner's verbs work as the owner; all others lose sight of his password."""
    owner = environment.pop(OWNER, "")
    environment.pop(APP_ROLE_IS, None)
    if not owner or verb not in OWNERS_VERBS:
        return
    mine, his = urlsplit(environment.get(APP, "")), urlsplit(owner)
    if (mine.hostname, mine.port, mine.path) != (his.hostname, his.port, his.path):
        raise WrongSetting(f"{APP} 和 {OWNER} 应指同一个库，只是角色不同；请核对主机、端口和库名。")
    if mine.username == his.username:
        raise WrongSetting(f"{APP} 和 {OWNER} 写的是同一个角色，应用角色须另建一个。")
    environment[APP], environment[APP_ROLE_IS] = owner, unquote(mine.username or "")


def database_of(url: str, *, home: Path) -> dict[str, Any]:
    """Django's settings of a database; an empty URL is SQLite in the data folder."""
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": home / "bihuan.sqlite3",
            "CONN_MAX_AGE": None,  # its pages and statements stay in memory
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": (
                    "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;"
                    "PRAGMA wal_autocheckpoint=10000;PRAGMA cache_size=-64000;"
                    "PRAGMA foreign_keys=ON;PRAGMA mmap_size=0;PRAGMA secure_delete=ON;"
                ),
            },
            "TEST": {"NAME": None},
        }
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": parts.port or "",
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,  # a server that was started again is no reason to fail
        # A statement asked a third time on a connection is kept planned by the server.
        "OPTIONS": {"server_side_binding": True, "prepare_threshold": 3},
    }
