"""An empty inbox for a test."""

from pathlib import Path

import pytest

from bihuan.telemetry.tests.inboxes import Inbox


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    """A folder without files."""
    return Inbox(tmp_path)
