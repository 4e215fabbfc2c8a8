"""Addresses of the desk: the lists and the pages of one matter."""

from importlib import import_module
from importlib.util import find_spec

from bihuan.desk.routes_ledgers import URLPATTERNS as LEDGER_PATTERNS
from bihuan.desk.routes_lists import URLPATTERNS

app_name = "desk"
urlpatterns = [*URLPATTERNS, *LEDGER_PATTERNS]
if find_spec("bihuan.desk.routes_matter"):
    urlpatterns += import_module("bihuan.desk.routes_matter").URLPATTERNS
