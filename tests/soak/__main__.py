"""`python -m tests.soak SUITE --seed N ROUND…`: play rounds, one JSON line on stdout for each."""

import argparse
import importlib
import json
import os
import sys
import traceback
from collections.abc import Iterator
from typing import Protocol, cast

import django


class Suite(Protocol):
    """What every module of a suite has."""

    def rounds(self, numbers: list[int], *, seed: int) -> Iterator[tuple[int, list[str], dict]]:
        """Yield (number, faults, figures) of each round as it is finished."""


def main() -> int:
    """Play the rounds; what the program prints by itself goes to stderr."""
    parser = argparse.ArgumentParser(prog="tests.soak")
    parser.add_argument("suite")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("numbers", type=int, nargs="+")
    options = parser.parse_args()
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    django.setup()
    suite = cast("Suite", importlib.import_module(f"tests.soak.{options.suite}"))
    try:
        for number, faults, figures in suite.rounds(options.numbers, seed=options.seed):
            told = {"number": number, "faults": faults, "figures": figures}
            answers.write(json.dumps(told, ensure_ascii=False, default=str) + "\n")
            answers.flush()
    except Exception:  # noqa: BLE001
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
