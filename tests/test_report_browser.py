"""The page that shows a plan, in a browser: it renders, sorts, filters, fits a telephone and prints."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import Browser, browsing, executable
from support import UNITS, d8plan

PLAN = "2024"
pytestmark = pytest.mark.skipif(not executable(), reason="no browser")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "kế hoạch.html"
    done = d8plan("report", PLAN, "--output", str(path))
    assert done.returncode == 0, done.stderr
    return path


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browsing(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


HEAT = "[...document.querySelectorAll('#allotments-allotted tbody tr')]"
FIRST_CELLS = HEAT + ".map((row) => row.cells[{}].firstChild.data)"
SEEN = ".filter((one) => one.checkVisibility())"
SECTIONS = f"[...document.querySelectorAll('section[data-unit]')]{SEEN}.map((one) => one.dataset.unit)"
NAMES = ["Quảng Hoà", "Trùng Khánh", "Hạ Lang", "Thạch An", "Hoà An", "Hà Quảng", "Nguyên Bình", "Bảo Lạc", "Bảo Lâm"]
DEPARTMENT = "Sở Lao động - TB & XH"


def test_it_renders_without_a_word_and_without_the_network(window: Browser, file: Path) -> None:
    window.open(file)
    assert window.complaints() == []
    assert window.asked_for() == [file.as_uri()]
    assert window.see("document.querySelectorAll('.chart').length") == 2
    assert window.see(
        "[...document.querySelectorAll('.chart')].every((one) => one.getBoundingClientRect().height > 50)"
    )


def test_it_sorts_by_keyboard_and_back(window: Browser, file: Path) -> None:
    window.open(file)
    state = "document.querySelectorAll('#allotments-allotted thead th')[{}].getAttribute('aria-sort')"
    window.see("document.querySelector('#allotments-allotted thead th button').focus()")
    window.press("Enter")
    names = window.see(FIRST_CELLS.format(0))
    order = "Bảo Lạc, Bảo Lâm, Hạ Lang, Hà Quảng, Hoà An, Nguyên Bình, Quảng Hoà, ?, Thạch An, Trùng Khánh"
    assert names == [name.replace("?", DEPARTMENT) for name in order.split(", ")]
    assert window.see(state.format(0)) == "ascending"
    window.press("Tab", " ", " ")
    assert window.see(state.format(0)) is None
    assert window.see(state.format(1)) == "descending"
    # The department, which has no figure here, stays last.
    assert window.see(FIRST_CELLS.format(1)) == ["22", "16", "10", "8", "1", "0", "0", "0", "0", "–"]
    window.press(" ")
    assert window.see(state.format(1)) is None
    assert window.see(FIRST_CELLS.format(0)) == [*NAMES, DEPARTMENT]
    window.see("document.querySelectorAll('#budget-budget thead button')[3].click()")
    totals = window.see("[...document.querySelectorAll('#budget-budget tr')].map((row) => row.cells[3].innerText)")
    assert totals[1:4] == ["5.680.452.520 đ", "33.346.304.000 đ", "42.864.962.058 đ"]
    assert totals[4:] == ["39.026.756.520 đ", "42.864.962.058 đ", "81.891.718.578 đ"]


def test_it_filters_by_unit_from_the_keyboard(window: Browser, file: Path) -> None:
    window.open(file)
    assert window.see(SECTIONS) == [*UNITS, "labour-department"]
    window.see("document.getElementById('unit').focus()")
    window.press("ArrowDown")
    assert window.see(SECTIONS) == [UNITS[0]]
    assert window.see(f"{HEAT}{SEEN}.length") == 1
    assert window.see("location.hash") == f"#unit={UNITS[0]}"
    assert NAMES[0] in window.see("document.getElementById('shown').innerText")
    # Whoever is sent the address sees the same.
    window.open(file, "#unit=bao-lac")
    assert window.see(SECTIONS) == ["bao-lac"]
    assert window.see("document.getElementById('unit').value") == "bao-lac"
    window.see("new Promise((done) => { addEventListener('hashchange', done); location.hash = '#unit-ha-lang'; })")
    assert len(window.see(SECTIONS)) == 10
    assert window.see("document.getElementById('shown').innerText.trim()") == ""
    window.open(file, "#unit=nowhere%22%3E")
    assert len(window.see(SECTIONS)) == 10


def test_the_first_key_leads_past_the_contents(window: Browser, file: Path) -> None:
    window.open(file)
    window.press("Tab")
    assert window.see("document.activeElement.className") == "skip"
    assert window.see("document.activeElement.getBoundingClientRect().left") >= 0
    window.press("Enter")
    assert window.see("document.activeElement.id") == "content"


def test_it_fits_a_telephone(window: Browser, file: Path) -> None:
    window.open(file, width=360)
    assert window.see("innerWidth") == 360
    assert window.see("document.documentElement.scrollWidth") <= 360
    # What is wider scrolls in a region of its own, which the keyboard reaches.
    outside = """[...document.querySelectorAll("main *")].filter((one) => one.checkVisibility()
        && one.getBoundingClientRect().right > 361 && !one.closest(".scroll[tabindex='0']"))"""
    assert window.see(f"{outside}.length") == 0
    assert window.see("document.querySelector('#findings-findings').getBoundingClientRect().width") <= 360


def test_it_is_whole_without_scripts(window: Browser, file: Path) -> None:
    window.open(file, "#unit=bao-lac", scripts=False)
    assert window.see(SECTIONS) == [*UNITS, "labour-department"]
    assert window.see("document.querySelectorAll('th button').length") == 0
    assert not window.see("document.getElementById('filter').checkVisibility()")
    assert window.see("document.querySelectorAll('nav details a').length") == 10


@pytest.mark.skipif(not shutil.which("pdftotext") or not shutil.which("pdfinfo"), reason="no Poppler")
def test_it_prints_on_a4(window: Browser, file: Path, tmp_path: Path) -> None:
    window.open(file)
    paper = tmp_path / "page.pdf"
    paper.write_bytes(window.printed())

    def run_on(*arguments: str) -> str:
        return subprocess.run([*arguments], capture_output=True, check=True, encoding="utf-8").stdout

    told = run_on("pdfinfo", "-l", "99", str(paper))
    sizes = re.findall(r"Page +\d+ size: +([\d.]+) x ([\d.]+)", told)
    assert len(sizes) > 10
    assert {(round(float(width)), round(float(height))) for width, height in sizes} == {(595, 842)}
    pages = run_on("pdftotext", "-layout", str(paper), "-").split("\f")[:-1]
    assert len(pages) == len(sizes)
    # A page has its number below; a blank one has nothing else.
    assert [number for number, text in enumerate(pages, 1) if len(text.split()) < 20] == []
    starts = [" ".join(text.split())[:60] for text in pages]
    for name in [*NAMES, DEPARTMENT]:
        assert len([start for start in starts if name in start and PLAN in start]) == 1, name
    assert "81.891.718.578 đ" in " ".join(pages)
