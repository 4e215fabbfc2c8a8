"""A private data folder for each test process, set before any setting is read."""

import os
import tempfile
from pathlib import Path

if "PYTEST_OWN_HOME" not in os.environ or os.environ.get("PYTEST_XDIST_WORKER"):
    home = tempfile.mkdtemp(prefix="bihuan-test-")
    Path(home, "static").mkdir()
    os.environ["PYTEST_OWN_HOME"] = os.environ["BIHUAN_HOME"] = home
    os.environ.setdefault("BIHUAN_MODE", "test")
