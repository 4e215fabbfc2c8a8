"""Every declaration of the product on one screen: the table of contents."""

from bihuan.accounts.roles import ROLE_KEYS
from bihuan.disclosure.loops import (
    PUBLICATION_PROBLEM,
    PUBLICATION_PROGRESS,
    PUBLICATION_RESULT,
    PUBLICATION_REWARD,
    PUBLICATION_VIOLATION,
)
from bihuan.language.catalog import Catalog
from bihuan.leads.children import RECHECK, REWARD, TRANSFER_DISCIPLINE, TRANSFER_POLICE
from bihuan.leads.indicators import INDICATORS
from bihuan.leads.ledgers import DUTIES, LEDGERS
from bihuan.leads.letters import HANDOVER_LETTER
from bihuan.leads.loop import LEAD
from bihuan.leads.populations import POPULATIONS
from bihuan.leads.publications import PUBLICATIONS
from bihuan.leads.retentions import RETENTIONS
from bihuan.leads.rules import ESCALATION
from bihuan.leads.tables import REPORTS
from bihuan.matters.disposals import DISPOSAL
from bihuan.matters.holds import HOLD
from bihuan.matters.proposals import PROPOSAL
from bihuan.matters.revisions import CORRECTION
from bihuan.matters.site_proposals import SITE_PROPOSAL
from bihuan.monitoring import declarations as monitoring

CATALOG = Catalog(
    roles=ROLE_KEYS,
    loops=(
        LEAD,
        TRANSFER_POLICE,
        TRANSFER_DISCIPLINE,
        PUBLICATION_PROBLEM,
        PUBLICATION_PROGRESS,
        PUBLICATION_RESULT,
        PUBLICATION_VIOLATION,
        PUBLICATION_REWARD,
        REWARD,
        RECHECK,
        PROPOSAL,
        CORRECTION,
        HOLD,
        DISPOSAL,
        *monitoring.LOOPS,
        SITE_PROPOSAL,
    ),
    ledgers=(*LEDGERS, *monitoring.LEDGERS),
    duties=(*DUTIES, *monitoring.DUTIES),
    limits=monitoring.LIMITS,
    populations=(*POPULATIONS, *monitoring.POPULATIONS),
    indicators=(*INDICATORS, *monitoring.INDICATORS),
    reports=(*REPORTS, *monitoring.REPORTS),
    rules=(ESCALATION,),
    watches=monitoring.WATCHES,
    papers=(HANDOVER_LETTER,),
    publications=PUBLICATIONS,
    retentions=RETENTIONS,
    served=(("LX-W5-6", "page:portal:home"), *monitoring.SERVED),
)
