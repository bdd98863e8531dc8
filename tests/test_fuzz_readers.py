"""The fast part of benchmarks/fuzz.py: seeded changes of sound files, read or refused in words."""

from __future__ import annotations

from random import Random

import pytest
from fuzz_changes import CHANGES, changed
from fuzz_readers import READERS, REFUSED, SOUND

# How many: verifying a plan takes a hundred times as long as reading a table of text.
INPUTS = {"plan": 12, "certificate": 12, "reports": 12, "gpkg": 60, "shp": 60}
PLENTY = 200


def write(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


@pytest.fixture(scope="module")
def seeds(tmp_path_factory):
    """Return a function that gives the sound file sets of a reader."""
    made = {}

    def of(name):
        how = READERS[name].seeds
        if how not in made:
            made[how] = how(tmp_path_factory.mktemp("seeds"))
        return made[how]

    return of


@pytest.mark.filterwarnings("ignore:Column names longer than 10 characters")
@pytest.mark.parametrize("name", READERS)
def test_every_seed_is_sound_and_every_change_of_one_is_read_or_refused(name, seeds, tmp_path):
    reader = READERS[name]
    for number, files in enumerate(seeds(name)):
        assert reader.of(files)
        write(tmp_path / f"seed{number}", files)
        assert reader.read(tmp_path / f"seed{number}") == SOUND
    draw = Random(f"tests/{name}")
    answers = set()
    for number in range(INPUTS.get(name, PLENTY)):
        files = draw.choice(seeds(name))
        write(tmp_path / f"{number}", changed(files, reader.of(files), draw))
        answers.add(reader.read(tmp_path / f"{number}"))
    assert REFUSED in answers


def test_every_file_that_is_changed_has_a_change_of_its_kind():
    endings = {f".{word.rpartition('.')[2]}" for r in READERS.values() for word in r.targets}
    assert endings <= set(CHANGES)
