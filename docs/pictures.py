"""Draws the pictures of the guide and the READMEs again, from the demo.

It needs Chromium, and takes the folder to write into: python docs/pictures.py docs/pictures
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

import siting
from siting.cli.demo import SIZES

if TYPE_CHECKING:
    from siting.words import Lang

# Name of the picture, language, width and height of the window in points.
REPORTS: tuple[tuple[str, Lang, int, int], ...] = (
    ("report-1440-zh", "zh", 1440, 1290),
    ("report-1440-en", "en", 1440, 1290),
    ("report-375-zh", "zh", 375, 2050),
    ("report-375-en", "en", 375, 2050),
)
COLOURS = 128


def main(folder: Path) -> None:
    """Solve the demo once in each language and write every picture into `folder`."""
    with tempfile.TemporaryDirectory() as temporary:
        base = Path(temporary)
        for lang in ("zh", "en"):
            _solve(base / lang, lang)
        for name, lang, width, height in REPORTS:
            shot = base / f"{name}.png"
            _photograph(base / lang / "plan" / "report.html", shot, width, height)
            # A page has few colours, and what is rare in it, such as the legend, means something.
            picture = Image.open(shot).convert("RGB")
            picture.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE).save(
                folder / shot.name, optimize=True
            )


def _solve(folder: Path, lang: Lang) -> None:
    """Do what `siting demo` does."""
    siting.generate(folder / "city", lang=lang, **SIZES)
    plan = siting.solve(siting.read_city(folder / "city"), siting.Scenario(), time_limit=30)
    plan.save(folder / "plan", lang=lang)


def _photograph(page: Path, shot: Path, width: int, height: int) -> None:
    names = ("chromium", "chromium-browser", "google-chrome")
    browser = next(filter(None, map(shutil.which, names)))
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    command += [f"--user-data-dir={page.parent / 'profile'}", "--virtual-time-budget=5000"]
    command += [f"--window-size={width},{height}", f"--screenshot={shot}", page.as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=120)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
