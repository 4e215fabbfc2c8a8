"""Orders an import in the deployment of the environment, and tells how it stands; for a test."""

import json
import sys
import time

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


def watch() -> None:
    """Tell all the time how the job stands, and how many leads there are under how many titles."""
    while True:
        job = Job.objects.get()
        titles = list(Matter.objects.filter(kind="lead").values_list("title", flat=True))
        told = {"state": job.state, "words": job.words, "attempts": job.attempts}
        told |= {"leads": len(titles), "titles": len(set(titles))}
        sys.stdout.write(f"{json.dumps(told)}\n")
        sys.stdout.flush()
        time.sleep(0.1)


if __name__ == "__main__":
    order(int(sys.argv[1]))
    watch()
