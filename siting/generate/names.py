"""Human names for communities, places and spaces, in Chinese or English."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siting.words import Lang, text

if TYPE_CHECKING:
    from siting.generate.streets import Grid, Ints, Rng, Spots

Names = NDArray[np.object_]

# Two parts of a name; every pair is a name, and none of them means anywhere in particular.
PARTS: dict[Lang, tuple[str, str, str]] = {
    "zh": (
        "",
        "安 宝 碧 翠 德 东 芳 丰 福 光 桂 和 红 华 怀 惠 吉 嘉 建 锦 景 康 兰 乐 丽 龙 绿 明 南 宁 "
        "平 青 清 庆 荣 瑞 善 盛 松 泰 天 同 望 文 西 祥 向 新 兴 秀 阳 颐 银 永 玉 育 云 长 正 中",
        "安 滨 昌 晨 春 堤 渡 坊 枫 府 港 阁 谷 桂 和 河 荷 湖 花 槐 江 景 菊 兰 里 岭 柳 龙 梅 门 "
        "明 南 宁 坪 浦 桥 泉 山 松 棠 塘 庭 湾 溪 霞 祥 杏 轩 雅 阳 野 苑 月 竹 庄 洲 桐 榆 园 台",
    ),
    "en": (
        " ",
        "Alder Amber Apple Ash Barley Beacon Beech Birch Bishop Bramble Bridge Bright Brook Castle "
        "Cedar Chapel Cherry Clover Copper Coral Crane Crown Daisy Eagle Elder Elm Falcon Fern "
        "Field Flint Forge Fountain Fox Garden Golden Grange Green Harbour Hazel Heather Heron "
        "High Hill Holly Iris Ivy Jade Juniper King Lake Lark Laurel Lily Linden Maple Meadow "
        "Mill Moon Oak Olive",
        "Acre Avenue Bank Bay Bend Bower Brow Circle Close Common Corner Court Crescent Crest "
        "Croft Cross Dale Dell Drive Edge End Fold Ford Gardens Gate Glade Glen Green Grove "
        "Heath Heights Hollow Knoll Landing Lea Lodge Manor Mead Moor Mount Nook Orchard Parade "
        "Park Path Place Plain Point Quarter Ridge Rise Row Square Terrace Vale View Walk Way "
        "Wharf Yard",
    ),
}


def community_names(rng: Rng, n: int, lang: Lang) -> Names:
    """Return `n` different names of communities."""
    return np.array(
        [text("generate.community", lang, name=name) for name in _pairs(rng, n, lang)],
        dtype=object,
    )


def addresses(rng: Rng, grid: Grid, spots: Spots, lang: Lang) -> Names:
    """Return the street and house number of each spot."""
    lines = int(grid.line.max()) + 1
    streets = np.array(_pairs(rng, lines, lang), dtype=object)[grid.line[spots.segment]]
    numbers = rng.integers(1, 400, len(spots))
    form = text("generate.address", lang)
    return np.array(
        [form.format(street=s, number=k) for s, k in zip(streets, numbers, strict=True)],
        dtype=object,
    )


def place_names(community: Ints, names: Names, lang: Lang) -> Names:
    """Return names of places: the community's, and a number counted within it."""
    order = np.argsort(community, kind="stable")
    _, first, count = np.unique(community[order], return_index=True, return_counts=True)
    number = np.empty(len(community), dtype=np.int64)
    number[order] = np.arange(len(community)) - np.repeat(first, count) + 1
    before, after = text("generate.place", lang).format(community="\0", number="\1").split("\1")
    start = np.array([before.replace("\0", name) for name in names], dtype=object)[community]
    label = np.array([f"{k}{after}" for k in range(int(count.max()) + 1)], dtype=object)[number]
    return np.asarray(start + label, dtype=object)


def ids(prefix: str, n: int) -> Names:
    """Return ``P0001`` and so on, as wide as the last one needs."""
    width = len(str(n))
    return np.array([f"{prefix}{k:0{width}d}" for k in range(1, n + 1)], dtype=object)


def _pairs(rng: Rng, n: int, lang: Lang) -> list[str]:
    """Return `n` different names of two parts; numbered from the second round on."""
    between, first, second = PARTS[lang]
    all_pairs = [a + between + b for a in first.split() for b in second.split() if a != b]
    order = rng.permutation(len(all_pairs))
    names = [all_pairs[k] for k in order[:n]]
    while len(names) < n:
        turn = len(names) // len(all_pairs) + 1
        names += [f"{all_pairs[k]}{between}{turn}" for k in order[: n - len(names)]]
    return names
