"""File names that are safe to store, to show and to send back."""

import re
import unicodedata

CHARACTERS_MAX = 80
EMPTY_NAME = "附件"
RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
FORBIDDEN = re.compile(r'[<>:"|?*]')
SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,5}\Z")


def safe_name(name: str, *, extension: str) -> str:
    """The last part of a name with the extension that its content has, at most 80 characters."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    # Format characters can turn a name around on the screen, so that exe reads as something else.
    shown = "".join(char for char in last if unicodedata.category(char) not in _HIDDEN)
    stem = SUFFIX.sub("", FORBIDDEN.sub("_", shown).strip(". ")).strip(". ")
    stem = re.sub(r"\s+", " ", stem).strip(". ")[: CHARACTERS_MAX - len(extension) - 1].rstrip(". ")
    if not stem or RESERVED.fullmatch(stem.partition(".")[0]):
        stem = f"{EMPTY_NAME}{stem}"
    return f"{stem}.{extension}"


_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
