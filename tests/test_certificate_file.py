"""``certificate.npz``: what is written is read again, and anything else is one clear line."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest

import siting
import siting.api
from siting.errors import InputError, VerificationError
from siting.plan.certificate import (
    CERTIFICATE,
    StageMultipliers,
    read_certificate,
    row_key,
    write_certificate,
)

DOCS = Path(__file__).parents[1] / "docs" / "certificate.md"


def stage(n: int = 5, rows: int = 2) -> StageMultipliers:
    return StageMultipliers(
        need=np.arange(n, dtype=np.uint64) * np.uint64(2**60),
        u=np.linspace(0.1, 9.0, n).astype(np.float32),
        row=tuple(row_key("capital", ["general", f"基金 {k}"]) for k in range(rows)),
        price=np.linspace(1e-9, 1.0, rows),
        loose=np.array([7, 2**63], dtype=np.uint64),
    )


def fields(kept: StageMultipliers):
    return [np.asarray(getattr(kept, f)).tolist() for f in StageMultipliers.__dataclass_fields__]


@pytest.mark.parametrize("sizes", [(5, 2), (0, 2), (5, 0), (0, 0)])
def test_what_is_written_is_read_again_and_numpy_can_read_it_too(sizes, tmp_path):
    path = tmp_path / CERTIFICATE
    given = {"basic": stage(*sizes), "quality": stage()}
    write_certificate(given, path)
    found = read_certificate(path)
    assert found is not None
    assert list(found) == ["basic", "quality"]
    for name, kept in given.items():
        assert fields(found[name]) == fields(kept)
    with np.load(path, allow_pickle=False) as plain:
        assert plain["quality/u"].tolist() == given["quality"].u.tolist()
        assert json.loads(plain["quality/row"][0]) == ["capital", "general", "基金 0"]


def test_the_same_certificate_gives_the_same_bytes(tmp_path):
    first, again = tmp_path / "a.npz", tmp_path / "b.npz"
    write_certificate({"coverage": stage()}, first)
    write_certificate({"coverage": stage()}, again)
    assert first.read_bytes() == again.read_bytes()


def test_no_file_is_no_certificate(tmp_path):
    assert read_certificate(tmp_path / CERTIFICATE) is None


# --------------------------------------------------------------------------------- broken files


def packed(**arrays) -> bytes:
    kept = stage()
    whole = {f: np.asarray(getattr(kept, f)) for f in StageMultipliers.__dataclass_fields__}
    page = io.BytesIO()
    np.savez(page, **{f"coverage/{k}": v for k, v in (whole | arrays).items() if v is not None})
    return page.getvalue()


def with_header(shape: str, descr: str = "'<u8'") -> bytes:
    """Return a certificate whose keys claim another shape or type than they have."""
    head = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}"
    head += " " * (63 - (10 + len(head)) % 64) + "\n"
    array = b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head.encode() + b"\0" * 40
    page = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed())) as source, zipfile.ZipFile(page, "w") as target:
        for name in source.namelist():
            target.writestr(name, array if name == "coverage/need.npy" else source.read(name))
    return page.getvalue()


def bomb() -> bytes:
    page = io.BytesIO()
    with zipfile.ZipFile(page, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("coverage/need.npy", b"\0" * (300 << 20))
    return page.getvalue()


class Boom:
    def __reduce__(self):
        return (pytest.fail, ("a pickled object was run",))


BROKEN = {
    "empty": b"",
    "text": b"no zip at all",
    "an empty zip's beginning": b"PK\x03\x04",
    "pickled objects": packed(need=np.array([Boom()] * 5, dtype=object)),
    "numbers of another kind": packed(need=np.arange(5.0)),
    "signed keys": packed(need=np.arange(5)),
    "wide multipliers": packed(u=np.arange(5.0)),
    "big-endian multipliers": packed(u=np.arange(5, dtype=">f4")),
    "records": packed(u=np.zeros(5, dtype=[("a", "f4")])),
    "rows in bytes": packed(row=np.array([b"a", b"b"])),
    "a table": packed(need=np.arange(5, dtype=np.uint64).reshape(5, 1)),
    "one number": packed(u=np.float32(3)),
    "more keys than multipliers": packed(need=np.arange(6, dtype=np.uint64)),
    "more rows than prices": packed(row=np.array(["a", "b", "c"])),
    "keys in disorder": packed(need=np.array([3, 1, 2, 4, 5], dtype=np.uint64)),
    "a key twice": packed(need=np.array([1, 1, 2, 4, 5], dtype=np.uint64)),
    "loose keys in disorder": packed(loose=np.array([3, 1], dtype=np.uint64)),
    "a row twice": packed(row=np.array(["a", "a"])),
    "no number": packed(u=np.full(5, np.nan, dtype=np.float32)),
    "an infinite price": packed(price=np.array([1.0, np.inf])),
    "prices beyond all numbers": packed(price=np.array([1.7e308, 1.7e308])),
    "an array too few": packed(price=None),
    "an array too many": packed(more=np.arange(3)),
    "more than there is": with_header("(1000000000000,)"),
    "less than there is": with_header("(3,)"),
    "a size below 0": with_header("(-5,)"),
    "a size that is no number": with_header("('a',)"),
    "a header that is code": with_header("(5,)", "__import__('os').getcwd()"),
    "elements without a size": with_header("(5,)", "'<U0'"),
    "a file that unpacks to too much": bomb(),
}


def refused(path: Path) -> str:
    with pytest.raises(InputError) as raised:
        read_certificate(path)
    (notice,) = raised.value.notices
    assert notice.key == "plan.certificate_broken"
    assert "\n" not in notice.line("zh")
    return notice.line("en")


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_is_no_certificate_is_one_line(name, tmp_path):
    path = tmp_path / CERTIFICATE
    path.write_bytes(BROKEN[name])
    assert CERTIFICATE in refused(path)


def test_a_folder_in_its_place_is_one_line(tmp_path):
    (tmp_path / CERTIFICATE).mkdir()
    refused(tmp_path / CERTIFICATE)


def test_a_file_cut_short_or_with_bytes_changed_is_one_line_or_read_as_it_is(tmp_path):
    path = tmp_path / CERTIFICATE
    write_certificate({"coverage": stage(200)}, path)
    whole, draw = path.read_bytes(), Random(7)
    for cut in range(0, len(whole), 37):
        path.write_bytes(whole[:cut])
        refused(path)
    read = 0
    for _ in range(400):
        changed = bytearray(whole)
        for _ in range(draw.randint(1, 3)):
            changed[draw.randrange(len(changed))] = draw.randrange(256)
        path.write_bytes(bytes(changed))
        try:
            read += read_certificate(path) is not None
        except InputError as error:
            (notice,) = error.notices
            assert notice.line("en")
    assert read < 200


# ----------------------------------------------------------------------------------- the folder


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    base = tmp_path_factory.mktemp("certified")
    siting.api.generate(base / "city", places=120, spaces=20, types=10, seed=5)
    plan = siting.solve(siting.read_city(base / "city"), siting.Scenario())
    return plan.save(base / "plan")


@pytest.fixture
def folder(saved, tmp_path):
    there = tmp_path / "plan"
    shutil.copytree(saved, there)
    return there


def keys_of(folder: Path) -> list[str]:
    with pytest.raises(VerificationError) as raised:
        siting.verify(folder)
    assert raised.value.exit_code == 5
    return [n.key for n in raised.value.notices]


def test_a_saved_plan_is_verified_with_its_certificate(folder):
    assert siting.verify(folder) == ()
    plan = siting.read_plan(folder)
    assert set(plan.certificate) == {"coverage"}
    city = siting.read_city(plan.document.inputs.city_path_absolute)
    assert siting.verify(plan, city) == ()


def test_a_missing_certificate_is_a_fault_where_a_bound_is_certified(folder):
    (folder / CERTIFICATE).unlink()
    assert keys_of(folder) == ["verify.certificate_missing"]


def test_a_broken_certificate_is_one_fault_and_the_rest_is_checked(folder):
    (folder / CERTIFICATE).write_bytes(b"PK nothing")
    assert keys_of(folder) == ["plan.certificate_broken"]
    (folder / "gaps.csv").unlink()
    assert set(keys_of(folder)) == {"plan.certificate_broken", "verify.file_missing"}


def test_another_plans_certificate_is_refused(folder):
    kept = read_certificate(folder / CERTIFICATE)["coverage"]
    other = replace(kept, need=kept.need[::2], u=kept.u[::2])
    write_certificate({"coverage": other}, folder / CERTIFICATE)
    assert keys_of(folder) == ["verify.certified"]


def test_a_plan_without_certified_numbers_needs_no_file(folder):
    path = folder / "plan.json"
    content = json.loads(path.read_text("utf-8"))
    content |= {"certified_bound": None, "certified_gap": None}
    content["price"] |= {"capital_at_most": None, "subsidy_per_year_at_most": None}
    content["stages"][0] |= {"certified_bound": None, "certified_gap": None}
    path.write_text(json.dumps(content), encoding="utf-8")
    (folder / CERTIFICATE).unlink()
    assert [odd.key for odd in siting.verify(folder)] == ["verify.not_certified"]


def test_a_plan_of_an_older_version_whose_stages_do_not_speak_of_it_is_verified(folder):
    path = folder / "plan.json"
    content = json.loads(path.read_text("utf-8"))
    content |= {"certified_bound": None, "certified_gap": None}
    for name in ("capital_at_most", "subsidy_per_year_at_most"):
        del content["price"][name]
    for name in ("certified_bound", "certified_gap"):
        del content["stages"][0][name]
    path.write_text(json.dumps(content), encoding="utf-8")
    (folder / CERTIFICATE).unlink()
    assert [odd.key for odd in siting.verify(folder)] == ["verify.not_certified"]


def test_the_programme_in_the_docs_works_the_stated_bound_out(folder, tmp_path):
    (code,) = re.findall(r"```python\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    script = tmp_path / "check.py"
    script.write_text(code, encoding="utf-8")
    command = [sys.executable, str(script), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    by_hand, stated = map(float, done.stdout.split())
    assert by_hand == pytest.approx(stated, rel=1e-3)
    assert by_hand >= stated * (1 - 1e-9)
