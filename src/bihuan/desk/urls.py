"""Addresses of the desk: lists and figures, ledgers, and the pages of one matter."""

from importlib import import_module
from importlib.util import find_spec

from bihuan.desk.routes_jobs import URLPATTERNS as JOBS
from bihuan.desk.routes_ledgers import URLPATTERNS as LEDGERS
from bihuan.desk.routes_lists import URLPATTERNS as LISTS

app_name = "desk"
urlpatterns = [*LISTS, *LEDGERS, *JOBS]
if find_spec("bihuan.desk.routes_matter"):
    urlpatterns += import_module("bihuan.desk.routes_matter").URLPATTERNS
