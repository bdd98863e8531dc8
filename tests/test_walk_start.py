"""What walking costs before the first step: imports, and code compiled by an earlier run."""

import subprocess
import sys

from walk_city import make_city, make_streets

from siting.walk.walks import walk

STRAIGHT = """
import sys
sys.path.insert(0, {folder!r})
from walk_city import make_city
from siting.walk.walks import walk
walk(make_city([(0, 0)], [(1, 0)]), "space", {{"all": 9_000}})
print("numba" in sys.modules)
"""
STREETS = """
import sys
sys.path.insert(0, {folder!r})
from walk_city import make_city, make_streets
from siting.walk.walks import walk
streets = make_streets([(0, 0), (9, 0)], [(0, 1, 9)])
walk(make_city([(0, 0)], [(1, 0)], streets=streets), "space", {{"all": 9_000}})
from siting.walk.nearest import join
from siting.walk.search import search
print([sum(f.stats.cache_misses.values()) for f in (join, search)])
"""


def said_by(script, folder):
    command = [sys.executable, "-c", script.format(folder=str(folder))]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_a_city_without_streets_never_imports_numba(request):
    assert said_by(STRAIGHT, request.path.parent) == "False"


def test_a_second_process_finds_the_code_that_the_first_has_compiled(request):
    streets = make_streets([(0, 0), (9, 0)], [(0, 1, 9)])
    walk(make_city([(0, 0)], [(1, 0)], streets=streets), "space", {"all": 9_000})
    assert said_by(STREETS, request.path.parent) == "[0, 0]"
