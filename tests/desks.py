"""The desk's pages as people use them: forms of ledgers filled in, boards read, at a moment."""

import csv
import re
from datetime import datetime
from typing import Any

from django.test import Client

from bihuan.matters.models import Record
from bihuan.matters.moment import standing_at
from tests.people import County


class Desk:
    """Pages of one county, each account with a browser of its own."""

    def __init__(self, county: County) -> None:
        """Nobody is signed in yet."""
        self.county = county
        self._clients: dict[str, Client] = {}

    def client(self, account: str) -> Client:
        """The browser of an account."""
        if account not in self._clients:
            self._clients[account] = Client()
            self._clients[account].force_login(self.county.users[account])
        return self._clients[account]

    def page(self, account: str, path: str, at: datetime, *, status: int = 200) -> str:
        """The text of a page."""
        with standing_at(at):
            answer = self.client(account).get(f"/desk/{path}")
        assert answer.status_code == status, answer.status_code
        return answer.content.decode()

    def register(self, account: str, ledger: str, at: datetime, **facts: Any) -> Record:
        """Fill in the form of a new record."""
        with standing_at(at):
            answer = self.client(account).post(f"/desk/ledgers/{ledger}/new/", facts)
        assert answer.status_code == 303, _faults(answer.content.decode())
        return Record.objects.filter(ledger=ledger).latest("id")

    def refused(self, account: str, ledger: str, at: datetime, **facts: Any) -> str:
        """What the form of a new record answers when it is refused."""
        with standing_at(at):
            answer = self.client(account).post(f"/desk/ledgers/{ledger}/new/", facts)
        assert answer.status_code in (409, 422), answer.status_code
        return answer.content.decode()

    def board(self, account: str, key: str, at: datetime, query: str = "") -> list[dict[str, str]]:
        """The rows of a board as its file holds them; the page itself is read too."""
        self.page(account, f"boards/{key}/{query}", at)
        with standing_at(at):
            answer = self.client(account).get(f"/desk/boards/{key}/export.csv{query}")
            lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
        return list(csv.DictReader(lines))


def _faults(page: str) -> str:
    """What a refused form says."""
    found = re.search(r'role="alert".*?</div>', page, re.DOTALL)
    return re.sub(r"<[^>]+>", " ", found[0]) if found else page[:200]
