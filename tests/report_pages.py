"""Plans whose reports are looked at: one with harmful names, one as large as a town."""

from __future__ import annotations

import math
from html.parser import HTMLParser
from json import loads

import geopandas as gpd
import numpy as np
import pandas as pd
from full_plans import document_of
from shapely.geometry import box
from small_town import asked, kind

import siting
from siting import Scenario, Standard, api
from siting.plan.restore import restore
from siting.standard.model import Grade, Policy, Reward
from siting.standard.options import find_options

SPACE = "<script>alert(1)</script>"
COMMUNITY = '</script><img src="http://x.example/y.png" onerror=alert(2)>'
PLACE = "P&amp;1 <b>"
TYPE = '"><svg onload=alert(3)>'
ADDRESS = "=1+1 <iframe src=//x.example>"


def harmful(wanted=((0, 0), (0, 1), (1, 0)), **changed):
    """Return the plan of a city with tags for names, with polygons, groups, grades and a fund."""
    table = {"x": [0.0, 400.0, 3000.0], "y": [0.0] * 3, "everyone": [600.0, 400.0, 500.0]}
    city = siting.City.from_frames(
        places=pd.DataFrame(
            {"id": [PLACE, "P2", "P3"], **table, "aged_60_plus": [100.0, 50.0, 200.0]}
        ),
        spaces=pd.DataFrame(
            {
                "id": [SPACE, "S2", "S3"],
                "x": [10.0, 400.0, 3000.0],
                "y": [5.0] * 3,
                "area_m2": [320.0, 80.0, 60.0],
                "rent_m2_month": [20.0, 10.0, 10.0],
                "capital_fixed": [1234.56, 0.0, 0.0],
                "address": [ADDRESS, "", ""],
            }
        ),
        outlets=pd.DataFrame({"id": ["O"], "x": [3000.0], "y": [0.0], "type": ["shop"]}),
        communities=gpd.GeoDataFrame(
            {"id": [COMMUNITY, "East"]},
            geometry=[box(-500, -500, 1500, 500), box(1500, -500, 4000, 500)],
        ),
        name="Town <i>",
    )
    types = (
        kind("shop", zh="便利店", en="Shop", groups={"everyone": 1.0, "aged_60_plus": 0.5}),
        kind("care", zh="照料", en=TYPE, **{"class": "quality"}, unverified=("minutes",)),
    )
    standard = Standard(
        id="s",
        zh="标准",
        en="Standard",
        types=types,
        grades=(Grade(id="g", zh="达标型", en="Reached", min_types={"basic": 1}),),
    )
    policy = Policy(id="p", zh="政策", en="Policy", rewards=(Reward(amount=1000.0),))
    fund = {"id": "fund <u>", "amount": 30_000.0, "types": ("shop",)}
    asking = asked(standard=standard, policy=policy, capital=400_000.0, funds=(fund,), **changed)
    question = api.resolve(city, asking)
    options = find_options(city, question)
    # S3 stays empty: the east lacks care
    pairs = list(zip(options.space.tolist(), options.type.tolist(), strict=True))
    chosen = np.array(sorted(pairs.index(pair) for pair in wanted))
    return restore(document_of(city, question, chosen, price=(1.5, None)), city)


def as_large_as_a_town(folder):
    """Return a plan of a generated town: projects drawn at random, budgets without limit."""
    api.generate(folder, places=2000, spaces=200, types=23, seed=1, lang="en")
    city = siting.read_city(folder)
    scenario = Scenario(capital=math.inf, subsidy_per_year=math.inf, funds=())
    question = api.resolve(city, scenario)
    return restore(document_of(city, question, seed=1), city)


class Page(HTMLParser):
    """The tags of a page with their attributes, and the text of each script and style."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.code: dict[str, list[str]] = {"script": [], "style": []}
        self.words: list[str] = []
        self._inside: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._inside.append(tag)
        if tag in self.code:
            self.code[tag].append("")

    def handle_endtag(self, tag):
        while self._inside and self._inside.pop() != tag:
            pass

    def handle_data(self, data):
        inside = self._inside[-1] if self._inside else ""
        if inside in self.code:
            self.code[inside][-1] += data
        else:
            self.words.append(data)

    @property
    def data(self):
        """What the page's scripts read."""
        at = [k for k, (_, a) in enumerate(t for t in self.tags if t[0] == "script") if "type" in a]
        return loads(self.code["script"][at[0]])


def sheet(data, name):
    """Return a sheet of the page's data."""
    return next(s for s in data["sheets"] if s["id"] == name)


def column(data, name, heading):
    """Return the cells under an English heading of a sheet, codes put into words."""
    found = sheet(data, name)
    at = [c["label"][1] for c in found["columns"]].index(heading)
    codes = found["columns"][at].get("codes")
    cells = [row[at] for row in found["rows"]]
    return cells if codes is None else [None if c is None else codes[c] for c in cells]
