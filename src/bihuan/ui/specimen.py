"""Render every component and a few whole pages from invented data, to be looked at and measured.

Use: `python -m bihuan.ui.specimen OUTDIR`; the pages need no server and no database.
"""

import argparse
import shutil
from pathlib import Path
from typing import Final

from bihuan.ui import specimen_desk, specimen_public
from bihuan.ui.environment import environment

STATIC: Final = Path(__file__).parent / "static"
PAGES: Final = {
    "parts": specimen_desk.parts,
    "workbench": specimen_desk.workbench,
    "list": specimen_desk.ledger,
    "matter": specimen_desk.matter,
    "step": specimen_desk.step,
    "tip_off": specimen_public.tip_off,
    "tip_off_again": specimen_public.tip_off_again,
    "receipt": specimen_public.receipt,
    "look_up": specimen_public.look_up,
    "published": specimen_public.published,
    "error": specimen_public.error,
}
_TEMPLATE_OF: Final = {"tip_off_again": "tip_off"}


def static(path: str) -> str:
    """Point at the copy of the static files beside the pages."""
    return f"static/{path}"


def render(outdir: Path) -> list[Path]:
    """Write all pages and the static files; return the pages."""
    env = environment()
    env.globals["static"] = static
    outdir.mkdir(parents=True, exist_ok=True)
    shutil.copytree(STATIC, outdir / "static", dirs_exist_ok=True)
    written = []
    for name, context in PAGES.items():
        template = env.get_template(f"ui/specimen/{_TEMPLATE_OF.get(name, name)}.html")
        page = outdir / f"{name}.html"
        page.write_text(template.render(context()), encoding="utf-8")
        written.append(page)
    return written


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bihuan.ui.specimen", description=__doc__)
    parser.add_argument("outdir", type=Path)
    render(parser.parse_args().outdir)


if __name__ == "__main__":
    main()
