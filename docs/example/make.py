"""Writes the tables of the example: an invented town, as an office might list it.

It takes the folder to write into: python docs/example/make.py docs/example
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pandas as pd
import xlsxwriter

import siting
from siting.city.coordinates import to_degrees
from siting.new.templates import feature_names, kind_names, type_names

# What the office calls some types; the others it calls as the catalogue does.
LOCAL = {
    "breakfast_shop": "早点铺",
    "fresh_store": "菜店",
    "hairdresser": "理发店",
    "laundry": "干洗店",
    "pharmacy": "药店（连锁）",
    "parcel_point": "菜鸟驿站",
    "repair_point": "修鞋配钥匙",
}
DAYS = 365 / 12


def main(folder: Path) -> None:
    """Write three tables into a folder."""
    with tempfile.TemporaryDirectory() as made:
        city = Path(made) / "city"
        siting.generate(city, places=160, spaces=24, types=23, seed=5, lang="zh")
        names = ("places", "outlets", "spaces")
        places, outlets, spaces = (
            pd.read_csv(city / f"{name}.csv", keep_default_na=False) for name in names
        )
    _places(places).to_csv(folder / "小区人口.csv", index=False, encoding="gb18030")
    _workbook(folder / "现状网点.xlsx", "现状商业网点一览表（2024年）", _outlets(outlets))
    _workbook(folder / "闲置房产.xlsx", "闲置房产台账", _spaces(spaces))


def _degrees(table: pd.DataFrame) -> dict[str, list[float]]:
    lon, lat = to_degrees(table["x"], table["y"], "EPSG:4547")
    return {"经度": lon.round(6).tolist(), "纬度": lat.round(6).tolist()}


def _places(table: pd.DataFrame) -> pd.DataFrame:
    columns = {
        "小区编号": table["id"],
        "小区名称": table["name"],
        "所属社区": table["community"],
        "常住人口": table["everyone"],
        "其中60岁以上": table["aged_60_plus"],
        "0-3岁": table["aged_0_3"],
        **_degrees(table),
    }
    return pd.DataFrame(columns)


def _outlets(table: pd.DataFrame) -> pd.DataFrame:
    words = {kind: name for name, kind in type_names("zh").items()} | LOCAL
    types = ["、".join(words[one] for one in cell.split(";")) for cell in table["type"]]
    known = pd.DataFrame({"编号": table["id"], "业态": types, **_degrees(table)})
    other = known.iloc[:3].assign(编号=["W1", "W2", "W3"], 业态="五金店")
    return pd.concat([known, other])


def _spaces(table: pd.DataFrame) -> pd.DataFrame:
    kinds = {kind: name for name, kind in kind_names("zh").items()}
    marks = {mark: name for name, mark in feature_names("zh").items()}
    has = ["；".join(marks[one] for one in cell.split(";") if one) for cell in table["features"]]
    columns = {
        "资产编号": table["id"],
        "坐落": table["address"],
        "建筑面积（㎡）": table["area_m2"],
        "日租金（元/㎡·天）": (table["rent_m2_month"] / DAYS).round(2),
        "房屋类型": table["kind"].map(kinds),
        "楼层": table["floor"],
        "条件": has,
        **_degrees(table),
    }
    return pd.DataFrame(columns)


def _workbook(path: Path, title: str, table: pd.DataFrame) -> None:
    """Write a table below a title, as people do."""
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("Sheet1")
        page.write_string(0, 0, title)
        page.write_row(2, 0, list(table.columns))
        for row, record in enumerate(table.itertuples(index=False), start=3):
            page.write_row(row, 0, list(record))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
