"""Line icons drawn on a 24 grid; inlined so that no extra request and no icon font is needed."""

from functools import cache
from types import MappingProxyType
from typing import Final

from markupsafe import Markup

_PATHS: Final[dict[str, str]] = {
    # Places to go.
    "home": "M3.5 11.5 12 4l8.5 7.5M6 10v10h4v-6h4v6h4V10",
    "ledger": "M4 6h.01M4 12h.01M4 18h.01M8.5 6H20M8.5 12H20M8.5 18H20",
    "flag": "M5.5 21V4M5.5 4.5h12l-2.5 4 2.5 4h-12",
    "send": "M20.5 3.5 3.5 11l6.5 3 3 6.5zM10 14l4.5-4.5",
    "horn": "M4 10v4h3.5l8.5 4.5v-13L7.5 10zM19 9.5c1.3 1.5 1.3 3.5 0 5M8 14.5 9.5 20",
    "calendar": "M4.5 6h15v14h-15zM8.5 3.5v4M15.5 3.5v4M4.5 10.5h15",
    "pulse": "M3 12.5h4L9.5 6l4.5 12 2.5-5.5H21",
    "mine": "M3 20h18M6.5 20 9 11h6l2.5 9M9.5 11V5.5h5V11M12 5.5V3",
    "chart": "M4 20h16M7.5 16.5V12M12 16.5v-9M16.5 16.5V10",
    "table": "M4 5h16v14H4zM4 10h16M10 10v9",
    "book": "M5.5 4h13v16h-13zM5.5 16.5h13M9 8h6",
    "globe": "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17M3.5 12h17M12 3.5c-3.2 3-3.2 14 0 17"
    "M12 3.5c3.2 3 3.2 14 0 17",
    "gear": "M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6M12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2.1 2.1"
    "M16.3 16.3l2.1 2.1M18.4 5.6l-2.1 2.1M7.7 16.3l-2.1 2.1",
    "inbox": "M4 13.5 6.5 5h11l2.5 8.5V19H4zM4 13.5h5l1.5 2.5h3l1.5-2.5h5",
    "gavel": "M9 5l6 6M6.5 7.5l6 6M7.5 6.5l6 6M13 11l7 7.5M4 20h9",
    "people": "M9 4.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7M2.5 20c0-7 13-7 13 0M16 5c4 .5 4 6 0 6.5"
    "M18 14.5c2.5.7 3.5 2.7 3.5 5.5",
    "target": "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16M12 8.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7",
    "map": "M4 6l5-2 6 2 5-2v14l-5 2-6-2-5 2zM9 4v14M15 6v14",
    "permit": "M5 4h14v16H5zM9 9h6M9 13h3M13.5 17l1.5 1.5 3-3.5",
    "training": "M2.5 9.5 12 5l9.5 4.5L12 14zM6.5 11.5V17c3 2.5 8 2.5 11 0v-5.5",
    "accident": "M12 4 2.5 20h19zM12 10v5M12 17.5v.01",
    # Things to do.
    "plus": "M12 5v14M5 12h14",
    "search": "M10.5 4.5a6 6 0 1 0 0 12 6 6 0 0 0 0-12M15 15l5 5",
    "filter": "M4 5h16l-6.2 7.5V18l-3.6 2v-7.5z",
    "import": "M12 20V8.5M7 13l5-5 5 5M5 4h14",
    "export": "M12 4v11.5M7 11l5 5 5-5M5 20h14",
    "print": "M7 8.5V4h10v4.5M7 17H4V8.5h16V17h-3M7 13.5h10V20H7z",
    "copy": "M9 9h11v11H9zM15 9V4H4v11h5",
    "link": "M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1.3 1.3M14 10a4 4 0 0 0-5.7 0l-3 3"
    "A4 4 0 0 0 11 18.7l1.3-1.3",
    "clip": "M8 12.5 14 6.5a3 3 0 0 1 4.3 4.3l-8 8a5 5 0 0 1-7-7L10.5 4.5",
    "camera": "M4 8h4l1.5-3h5L16 8h4v11H4zM12 10a3.3 3.3 0 1 0 0 6.6 3.3 3.3 0 0 0 0-6.6",
    "edit": "M4 20l1-4.5L15.5 5 19 8.5 8.5 19zM13.5 7 17 10.5",
    "sign": "M4 16c3-7 5-9 6-8s-2 7-.5 7 2-3 3.5-3 .5 3 2 3 2-1 4-2M4 20h16",
    "refresh": "M19.5 12a7.5 7.5 0 1 1-2.2-5.3M19.5 3.5v4h-4",
    "more": "M5.5 12h.01M12 12h.01M18.5 12h.01",
    "menu": "M4 7h16M4 12h16M4 17h16",
    "columns": "M4 5h16v14H4zM9.3 5v14M14.7 5v14",
    "star": "M12 4l2.4 5 5.6.8-4 3.9 1 5.5-5-2.7-5 2.7 1-5.5-4-3.9 5.6-.8z",
    "merge": "M6 4v4c0 4 6 4 6 8v4M18 4v4c0 4-6 4-6 8",
    "transfer": "M4 8.5h14M14.5 5 18 8.5 14.5 12M20 15.5H6M9.5 12 6 15.5 9.5 19",
    "undo": "M8.5 5 4.5 9l4 4M5 9h9a5.5 5.5 0 0 1 0 11H9",
    "out": "M14 5H5v14h9M11 12h9.5M17 8.5l3.5 3.5-3.5 3.5",
    "leave": "M5 3.5h9v17H5zM14 12h7M18 9l3 3-3 3M10.5 12h.01",
    "close": "M6 6l12 12M18 6 6 18",
    "key": "M15.5 4.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M12.3 12.2 4.5 20M7 17.5l2.5 2.5",
    "keyboard": "M3 7h18v11H3zM7 11h.01M11 11h.01M15 11h.01M18 11h.01M8 14.5h8",
    # States and objects.
    "bell": "M6.5 17v-6.5a5.5 5.5 0 0 1 11 0V17l2 1.5h-15zM10 21h4",
    "moon": "M20 14.2A8 8 0 1 1 9.8 4a6.5 6.5 0 0 0 10.2 10.2z",
    "clock": "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17M12 7.5V12l3.5 2",
    "check": "M4.5 12.5 10 18 19.5 7",
    "warning": "M12 4 2.5 20h19zM12 10v5M12 17.5v.01",
    "info": "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17M12 11v5.5M12 7.7v.01",
    "lock": "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3M12 14.5v2",
    "eye": "M2.5 12c4.5-8.5 14.5-8.5 19 0-4.5 8.5-14.5 8.5-19 0M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6",
    "person": "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8M4.5 20.5c0-8 15-8 15 0",
    "paper": "M6 3.5h8l4 4v13H6zM14 3.5v4h4M9 12.5h6M9 16.5h6",
    "image": "M4 5h16v14H4zM4 16l5-5 4 4 2.5-2.5L20 17M15 9h.01",
    "audio": "M12 4a2.5 2.5 0 0 1 2.5 2.5v5a2.5 2.5 0 0 1-5 0v-5A2.5 2.5 0 0 1 12 4M6.5 11.5"
    "c0 7.5 11 7.5 11 0M12 17v3.5",
    "video": "M4 6.5h11v11H4zM15 11l5-3v8l-5-3",
    "phone": "M6 4h4l1.5 4.5-2 1.5c1 2.3 2.2 3.5 4.5 4.5l1.5-2L20 14v4c-8 3-17-6-14-14",
    "place": "M12 21c-9-9-6.5-17 0-17s9 8 0 17M12 8a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5",
    "feed": "M5 19h.01M5 12.5a6.5 6.5 0 0 1 6.5 6.5M5 6a13 13 0 0 1 13 13",
    "shield": "M12 3.5 5 6v6c0 4.5 3 7 7 8.5 4-1.5 7-4 7-8.5V6zM9 12l2.2 2.2L15.5 10",
    "next": "M9 5l7 7-7 7",
    "previous": "M15 5l-7 7 7 7",
    "down": "M5 9l7 7 7-7",
}

PATHS: Final = MappingProxyType(_PATHS)


@cache
def icon(name: str) -> Markup:
    """Return the inline SVG of an icon; it is always decoration, words stand beside it."""
    if name not in PATHS:
        raise KeyError(f"unknown icon {name!r}")
    return Markup(
        '<svg class="i" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.7"'
        ' stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">'
        '<path d="{}"/></svg>'
    ).format(PATHS[name])
