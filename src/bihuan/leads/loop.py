"""The loop of a lead (举报线索): from 受理登记 to 办结, with its children."""

from bihuan.language.loop import Child, Loop, Series
from bihuan.leads import effects, fields
from bihuan.leads.stages import STAGES
from bihuan.leads.steps_intake import INTAKE_STEPS
from bihuan.leads.steps_office import OFFICE_STEPS
from bihuan.leads.steps_section import SECTION_STEPS
from bihuan.leads.taking_down import seal_what_was_told

LEAD = Loop(
    key="lead",
    label="举报线索",
    number=Series(key="lead", pattern="线索〔{year}〕{serial}号"),
    numbers=("handover_letter_number",),
    accepts=True,
    open_by=("intake", "office", "public"),
    opens_with=(
        fields.SOURCE,
        fields.CHANNEL,
        fields.REPORTER_KIND,
        fields.TYPE_IF_KNOWN,
        fields.RECEIVED_AT,
        fields.SITE,
        fields.REACHABLE,
        fields.FEW_KNOW,
        fields.TOLD_WORDS,
        fields.TOLD_NAME,
        fields.TOLD_PHONE,
    ),
    on_open=(effects.receive, seal_what_was_told),
    category="type",
    source="source",
    sensitive=True,
    stages=STAGES,
    steps=(*INTAKE_STEPS, *SECTION_STEPS, *OFFICE_STEPS),
    children=(
        Child(kind="transfer_police", blocks_close=True),
        Child(kind="transfer_discipline", blocks_close=True),
        Child(kind="publication_problem", blocks_close=True),
        Child(kind="publication_progress", blocks_close=True),
        Child(kind="publication_result", blocks_close=False),
        Child(kind="publication_violation", blocks_close=False),
        Child(kind="reward", blocks_close=False),
        Child(kind="recheck", blocks_close=False),
        Child(kind="proposal", blocks_close=False),
        Child(kind="hold", blocks_close=False),
        Child(kind="disposal", blocks_close=False),
    ),
    tracks=(
        "received",
        "registered",
        "assigned",
        "checking",
        "review",
        "reported_back",
        "publishing",
        "closed",
    ),
    basis=("LX-A1-0-1", "AY-36-1", "LX-W2-1", "AY-03-2"),
)
