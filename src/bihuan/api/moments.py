"""Moments as senders name them: in a zone, and of the years in which mines report."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator

from bihuan.language.clock import SHANGHAI
from bihuan.monitoring.activity.rows import FIRST_YEAR, LAST_YEAR


def in_its_zone(moment: datetime) -> datetime:
    """A moment without a zone is Beijing's; ValueError for one that no mine can mean.

    At the ends of the calendar there is no other zone to turn to, and what stood before zones
    were whole minutes can't be read back from PostgreSQL.
    """
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"moment {moment!r} is of no year in which mines report")
    told = moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
    return told.astimezone(UTC)


Moment = Annotated[datetime, AfterValidator(in_its_zone)]
