"""Orders an import in the deployment of the environment, or tells how it stands; for a test."""

import json
import sys

import django

django.setup()

from bench.orders import order_import, table_of  # noqa: E402 - settings come first
from bench.steps import Bench  # noqa: E402

from bihuan.config.preparing import prepare  # noqa: E402
from bihuan.jobs.models import Job  # noqa: E402
from bihuan.matters.models import Matter  # noqa: E402
from bihuan.matters.moment import now  # noqa: E402


def order(count: int) -> None:
    """A county of its own and the order."""
    prepare(now=now())
    order_import(Bench(), table_of(count))


def tell() -> None:
    """How the job stands, and how many leads there are under how many titles."""
    job = Job.objects.get()
    titles = list(Matter.objects.filter(kind="lead").values_list("title", flat=True))
    told = {"state": job.state, "words": job.words, "attempts": job.attempts}
    sys.stdout.write(json.dumps({**told, "leads": len(titles), "titles": len(set(titles))}))


if __name__ == "__main__":
    order(int(sys.argv[1])) if len(sys.argv) > 1 else tell()
