"""What is lacking today, as a picture; needs the extra ``plot``."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from siting.errors import import_extra
from siting.words import Lang, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from siting.gaps.needs import Gaps

# Fonts with Chinese characters, of Windows, macOS and Linux
_CHINESE = (
    "Microsoft YaHei",
    "SimHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
)
_BAR, _REACHED, _PRESENCE = "#0072B2", "#E5E5E5", "#D55E00"


def plot_gaps(gaps: Gaps, ax: Any = None, lang: Lang = "en") -> Any:
    """Draw a bar for each asking type: which share of its counting group has it in reach.

    Parameters
    ----------
    ax
        The matplotlib axes to draw on; None: of a new figure.
    lang
        Language of names and labels.

    Returns
    -------
    matplotlib.axes.Axes
        What was drawn on.

    Raises
    ------
    InputError
        matplotlib is not installed.
    """
    names, shares = [], []
    for t, kind in gaps.asking:
        d = gaps.counting(t)
        residents = gaps.residents[gaps.demands[d].group]
        total = float(residents.sum())
        names.append(kind.zh if lang == "zh" else kind.en)
        shares.append(float(residents[gaps.served[d]].sum()) / total if total else 0.0)
    with drawing(ax, (7.0, 0.3 * len(names) + 1.2)) as axes:
        row = range(len(names))
        axes.barh(row, [1.0] * len(names), color=_REACHED, height=0.7)
        axes.barh(row, shares, color=_BAR, height=0.7)
        axes.axvline(gaps.standard.presence_share, color=_PRESENCE, linewidth=1.2)
        axes.set_yticks(row, names)
        for label in axes.get_yticklabels():
            label.set_parse_math(False)  # a name may hold dollar signs
        axes.invert_yaxis()
        axes.set_xlim(0.0, 1.0)
        axes.set_xlabel(text("gaps.plot_share", lang))
        axes.set_title(text("gaps.plot_title", lang))
    return axes


@contextmanager
def drawing(ax: Any, inches: tuple[float, float]) -> Iterator[Any]:
    """Yield matplotlib axes to draw on, with a font that has Chinese characters if there is one.

    Parameters
    ----------
    ax
        The axes, or None for those of a new figure of this size.

    Raises
    ------
    InputError
        matplotlib is not installed.
    """
    with chinese_fonts():
        if ax is None:
            pyplot = import_extra("matplotlib.pyplot", "plot")
            _, ax = pyplot.subplots(figsize=inches, layout="constrained")
        yield ax


@contextmanager
def chinese_fonts() -> Iterator[None]:
    """Let what matplotlib makes meanwhile have Chinese characters, if there is a font with them.

    Raises
    ------
    InputError
        matplotlib is not installed.
    """
    matplotlib = import_extra("matplotlib", "plot")
    fonts = import_extra("matplotlib.font_manager", "plot")
    installed = set(fonts.get_font_names())
    chinese = [name for name in _CHINESE if name in installed]
    family = [*matplotlib.rcParams["font.family"], *chinese]
    with matplotlib.rc_context({"font.family": family, "axes.unicode_minus": False}):
        yield
