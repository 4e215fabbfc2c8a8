"""Alarms for the administrators' first page; what knows of them adds itself at start-up."""

from collections.abc import Callable, Sequence

type Source = Callable[[], Sequence[str]]

_sources: dict[str, Source] = {}


def add_source(key: str, source: Source) -> None:
    """Ask `source` for sentences whenever the page is shown; the same key replaces the old one."""
    _sources[key] = source


def standing() -> list[str]:
    """Every alarm that stands now."""
    return [sentence for source in _sources.values() for sentence in source()]
