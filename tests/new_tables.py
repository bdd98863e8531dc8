"""Tables as offices have them: titles above the headings, odd units, several encodings."""

from __future__ import annotations

from pathlib import Path

PLACES = (
    "序号,小区编号,小区名称,所属社区,户数,2023年末常住人口数,户籍人口,60岁及以上老年人口,"
    "60岁以上占比(%),0~3岁,高德经度,高德纬度,备注\n"
    "1,X01,阳光花园,阳光社区,400,1100,900,220,20,30,116.391,39.906,\n"
    "2,X02,和平里,和平社区,300,800,700,160,20,20,116.395,39.908,\n"
    "3,X03,阳光新村,阳光社区,500,1300,1000,260,20,33,116.402,39.903,\n"
)
SPACES = (
    (
        "资产编号",
        "坐落",
        "X坐标(高德)",
        "Y坐标(高德)",
        "建筑面积(㎡)",
        "使用面积(㎡)",
        "日租金（元/㎡·天）",
        "房屋类型",
        "所在楼层",
        "条件",
    ),
    (
        "F-1",
        "和平路8号",
        116.392,
        39.907,
        180,
        150,
        2.5,
        "沿街商铺",
        "1层",
        "有烟道；上下水；三相电",
    ),
    ("F-2", "阳光社区", 116.3955, 39.9075, 60, 50, 0, "自行车棚", "首层", None),
    ("F-3", "建设街21号", 116.4015, 39.9035, 420, 380, 1.2, "旧厂房", "2楼", "水电齐全;货车通道"),
)
OUTLETS = (
    ("网点名称", "业态", "经度", "纬度", "所属社区"),
    ("小王便利", "便利店", 116.392, 39.9071, "阳光"),
    ("早点铺", "早点、便利店", 116.399, 39.905, "和平"),
    ("同仁药房", "药店（连锁）", 116.401, 39.904, "阳光"),
    ("老李五金", "五金店", 116.4, 39.905, "阳光"),
    ("快剪", "男士理发", 116.4, 39.9055, "和平"),
)


def write_messy(folder: Path) -> Path:
    """Write a GB18030 CSV and a workbook of five sheets, with a title above the headings of one."""
    import openpyxl

    folder.mkdir()
    (folder / "小区人口.csv").write_bytes(PLACES.encode("gb18030"))
    book = openpyxl.Workbook()
    page = book.active
    page.title = "闲置房产台账"
    page.append(["某区闲置房产台账（2024年）"])
    page.append([])
    for row in SPACES:
        page.append(row)
    page = book.create_sheet("现状网点")
    for row in OUTLETS:
        page.append(row)
    book.create_sheet("填表说明").append(["请各社区如实填写"])
    book.create_sheet("Sheet4")
    book.save(folder / "台账.xlsx")
    (folder / "会议纪要.docx").write_bytes(b"not a table")
    return folder


def config(folder: Path) -> dict:
    """Return what city.toml of a folder says."""
    import tomllib

    return tomllib.loads((folder / "city.toml").read_text("utf-8"))
