"""The summary above a form that came back: which fields are at fault, and of which kind."""

from collections.abc import Mapping
from typing import Any


def summary(
    faults: Mapping[str, str],
    *,
    labels: Mapping[str, str],
    typed: Mapping[str, Any],
    unnamed: str = "表单",
) -> list[dict[str, Any]]:
    """Entries of `error_summary`, one per field at fault, in the order of `faults`.

    A fault of a field where nothing was typed is `missing`, any other is wrong; a fault of no
    field of the form is called `unnamed`.
    """
    return [
        {
            "name": key,
            "label": labels.get(key, unnamed),
            "sentence": sentence,
            "missing": key in labels and typed.get(key) in (None, "", [], False),
        }
        for key, sentence in faults.items()
    ]
