"""Where the Chinese fonts of official papers are found, and which of them are used."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typst

PACKAGED_FONTS = "pylopdf_fonts_zh_cn"
DEBIAN_FONTS = Path("/usr/share/fonts/opentype/noto")
OFFICE_FONTS_VARIABLE = "BIHUAN_FONTS"

SERIF = ("Noto Serif SC", "Noto Serif CJK SC", "Source Han Serif SC")
SANS = ("Noto Sans SC", "Noto Sans CJK SC", "Source Han Sans SC")
FANG_SONG = ("FangSong_GB2312", "FangSong", "STFangsong", "FZFangSong-Z02S")
SMALL_TITLE_SONG = ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05")
HEI = ("SimHei", "STHeiti", "FZHei-B01S")


class FontsMissing(Exception):  # noqa: N818  an expected answer, not an error
    """No Chinese font is installed; the message tells the administrator what to install."""

    def __init__(self) -> None:
        super().__init__(
            "本机没有可用的中文字体，公文暂时不能生成 PDF。"
            "请安装 Python 包 pylopdf-fonts-zh-cn 或系统软件包 fonts-noto-cjk，"
            f"也可把存放仿宋、小标宋字体的文件夹写入环境变量 {OFFICE_FONTS_VARIABLE}。"
        )


@dataclass(frozen=True)
class PaperFonts:
    """Font families of one paper, best first; `title_stroke_pt` thickens a plain serif title."""

    body: tuple[str, ...]
    title: tuple[str, ...]
    label: tuple[str, ...]
    title_stroke_pt: float


def font_paths(environ: Mapping[str, str] = os.environ) -> list[Path]:
    """Existing folders that hold fonts: the packaged one, Debian's, then the office's own."""
    return [folder for folder in _folders(environ) if folder.is_dir()]


def _folders(environ: Mapping[str, str]) -> Iterator[Path]:
    spec = find_spec(PACKAGED_FONTS)
    if spec is not None:
        yield from (Path(place) for place in spec.submodule_search_locations or ())
    yield DEBIAN_FONTS
    for place in environ.get(OFFICE_FONTS_VARIABLE, "").split(os.pathsep):
        if place.strip():
            yield Path(place.strip())


def paper_fonts(families: Sequence[str]) -> PaperFonts:
    """Choose among the installed families; raises FontsMissing when none can set Chinese."""
    installed = frozenset(families)
    title = _present(SMALL_TITLE_SONG, installed)
    serif = _present(SERIF, installed)
    sans = _present(SANS, installed)
    body = _present(FANG_SONG, installed) + serif + sans
    if not body:
        raise FontsMissing
    return PaperFonts(
        body=body,
        title=title + serif + body,
        label=_present(HEI, installed) + sans + body,
        title_stroke_pt=0.0 if title else 0.45,
    )


def _present(wanted: Sequence[str], installed: frozenset[str]) -> tuple[str, ...]:
    return tuple(family for family in wanted if family in installed)


def typst_fonts(folders: Sequence[Path]) -> "typst.Fonts":
    """The loaded font book of these folders; loading is slow, so it is kept."""
    return _typst_fonts(tuple(folders))


@cache
def _typst_fonts(folders: tuple[Path, ...]) -> "typst.Fonts":
    import typst  # noqa: PLC0415  heavy, and many processes never print

    # The machine's own fonts are left out so that a paper looks the same wherever it is made.
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=list(folders)
    )
