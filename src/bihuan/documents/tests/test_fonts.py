"""Fonts are found in a package, in Debian's folder or in the office's own folder."""

import os
from pathlib import Path

import pytest

from bihuan.documents.fonts import OFFICE_FONTS_VARIABLE, FontsMissing, font_paths, paper_fonts


def test_the_office_folder_is_used_and_a_missing_one_left_out(tmp_path: Path) -> None:
    places = os.pathsep.join([str(tmp_path), str(tmp_path / "missing"), ""])
    found = font_paths({OFFICE_FONTS_VARIABLE: places})
    assert found[-1] == tmp_path
    assert tmp_path / "missing" not in found


def test_the_office_fonts_come_before_the_free_ones() -> None:
    fonts = paper_fonts(["Noto Serif SC", "FangSong", "FZXiaoBiaoSong-B05S", "SimHei"])
    assert fonts.body == ("FangSong", "Noto Serif SC")
    assert fonts.title[0] == "FZXiaoBiaoSong-B05S"
    assert fonts.label[0] == "SimHei"
    assert fonts.title_stroke_pt == 0


def test_a_plain_serif_title_is_thickened() -> None:
    fonts = paper_fonts(["Noto Serif CJK SC", "Noto Sans CJK SC"])
    assert fonts.title[0] == "Noto Serif CJK SC"
    assert fonts.title_stroke_pt > 0


def test_without_a_chinese_font_it_says_what_to_install() -> None:
    with pytest.raises(FontsMissing, match="请安装 Python 包 pylopdf-fonts-zh-cn 或系统软件包"):
        paper_fonts(["DejaVu Sans"])
