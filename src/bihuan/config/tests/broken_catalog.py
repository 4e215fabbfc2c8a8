"""A catalog one of whose steps names a role that nobody has."""

from dataclasses import replace

from bihuan.catalog import CATALOG

_LEAD, *_REST = CATALOG.loops
_STEP, *_STEPS = _LEAD.steps
_WRONG = replace(_LEAD, steps=(replace(_STEP, by=("nobody_at_all",)), *_STEPS))
BROKEN = replace(CATALOG, loops=(_WRONG, *_REST))
