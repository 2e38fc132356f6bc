"""Names: one form for matching, the right name found, a near one proposed."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from d8plan.text.names import NearNames, Patience, find_names, fold, nearest, nfc, printable, unshowable

UNITS = {
    "quang-hoa": ["Quảng Hoà", "Quảng Hòa", "quang-hoa"],
    "ha-lang": ["Hạ Lang", "Hạ lang", "ha-lang"],
    "hoa-an": ["Hoà An", "Hòa An", "hoa-an"],
    "ha-quang": ["Hà Quảng", "ha-quang"],
    "bao-lac": ["Bảo Lạc", "bao-lac"],
    "bao-lam": ["Bảo Lâm", "bao-lam"],
    "labour-department": ["Sở Lao động - TB & XH", "Sở LĐTBXH", "labour-department"],
    "education-department": ["Sở Giáo dục và Đào tạo", "education-department"],
}


def nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Bảo Lạc", "bao lac"),
        ("BẢO LẠC", "bao lac"),
        ("bao lac", "bao lac"),
        ("bao-lac", "bao lac"),
        ("bao_lac", "bao lac"),
        ("Bảo – Lạc", "bao lac"),
        ("  Bảo\u00a0 Lạc\n", "bao lac"),
        ("Hoà An", "hoa an"),
        ("Hòa An", "hoa an"),
        ("HOÀ AN", "hoa an"),
        ("Đào tạo", "dao tao"),
        ("đường", "duong"),
        ("ĐƯỜNG", "duong"),
        ("Nguyễn Huệ", "nguyen hue"),
        ("ẮẰẲẴẶ ẤẦẨẪẬ ƠƯ", "aaaaa aaaaa ou"),
        ("15%", "15%"),
        ("", ""),
        (" - _ ", ""),
        ("\u0301", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert fold(nfd(text)) == folded
    assert fold(nfc(text)) == folded


@given(st.text())
def test_fold_is_steady(text: str) -> None:
    """Composition and case of what is typed do not matter, nor does folding twice."""
    assert fold(nfd(text)) == fold(nfc(text))
    assert fold(fold(text)) == fold(text)


@given(st.text("ạảãàáâậầấẩẫăắằặẳẵđêếềệểễôốồộổỗơớờợởỡưứừựửữíìịỉĩýỳỵỷỹ abcXYZ-"))
def test_fold_of_vietnamese_is_plain_ascii_without_case(text: str) -> None:
    assert fold(text).isascii()
    assert fold(text.upper()) == fold(text.lower()) == fold(text)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("Bảo Lạc", ["bao-lac"]),
        ("bao lac", ["bao-lac"]),
        ("BẢO LẠC", ["bao-lac"]),
        (nfd("Bảo Lạc"), ["bao-lac"]),
        ("bao-lac", ["bao-lac"]),
        (" Bảo  Lạc ", ["bao-lac"]),
        ("Hòa An", ["hoa-an"]),
        ("Hoà An", ["hoa-an"]),
        ("HOA AN", ["hoa-an"]),
        ("HOÀ AN", ["hoa-an"]),
        (nfd("Hòa An"), ["hoa-an"]),
        ("Hạ lang", ["ha-lang"]),
        ("HẠ LANG", ["ha-lang"]),
        ("Sở LĐTBXH", ["labour-department"]),
        ("so ldtbxh", ["labour-department"]),
        ("Sở lao động – TB & XH", ["labour-department"]),
        ("đào tạo", ["education-department"]),
        ("Dao Tao", ["education-department"]),
        # A part of a name names every unit that has it.
        ("Bảo", ["bao-lac", "bao-lam"]),
        ("sở", ["labour-department", "education-department"]),
        ("hoa", ["quang-hoa", "hoa-an"]),
        ("quang", ["quang-hoa", "ha-quang"]),
        ("lam", ["bao-lam"]),
        # A part of a word names nothing, nor does a stranger.
        ("ba", []),
        ("Bảo L", []),
        ("Bảo Yên", []),
        ("Lạc Bảo", []),
        ("", []),
        ("  ", []),
        ("-", []),
        ("\u0301", []),
    ],
)
def test_find_names(wanted: str, found: list[str]) -> None:
    assert find_names(wanted, UNITS) == found


def test_a_name_typed_with_its_accents_is_not_ambiguous() -> None:
    """Without accents both are meant; with them, only one; the whole name wins over a part."""
    spellings = {"ban-me": ["Bản Mế"], "ban-me-2": ["Bán Mễ"], "ban": ["Ban"], "cho": ["Bản Mế Chợ"]}
    assert find_names("ban me", spellings) == ["ban-me", "ban-me-2"]
    assert find_names("bản mế", spellings) == ["ban-me"]
    assert find_names("BÁN MỄ", spellings) == ["ban-me-2"]
    assert find_names("ban", spellings) == ["ban"]
    assert find_names("chợ", spellings) == ["cho"]


def test_find_names_among_none() -> None:
    assert find_names("Bảo Lạc", {}) == []
    assert find_names("Bảo Lạc", {"x": []}) == []
    assert find_names("", {"x": [""]}) == []


@pytest.mark.parametrize(
    ("word", "close"),
    [
        ("trung-kanh", "trung-khanh"),
        ("trung_khanh", "trung-khanh"),
        ("Trùng Khánh", "trung-khanh"),
        ("TRUNG-KHANH", "trung-khanh"),
        ("baolac", "bao-lac"),
        ("bao-lca", "bao-lac"),
        ("bảo-lâm", "bao-lam"),
        ("đao-tao", "dao-tao"),
    ],
)
def test_nearest(word: str, close: str) -> None:
    assert nearest(word, ["bao-lam", "bao-lac", "trung-khanh", "ha-lang", "dao-tao"]) == [close]


def test_nearest_of_strangers_and_of_nothing() -> None:
    assert nearest("xyz", ["bao-lam", "trung-khanh"]) == []
    assert nearest("bao-lac", []) == []
    assert nearest("", ["bao-lam"]) == []


def test_nearest_gives_the_best_first_and_no_more_than_asked() -> None:
    assert nearest("bao-lam", ["bao-lac", "bao-lam", "ha-lang"], most=2) == ["bao-lam", "bao-lac"]
    assert nearest("bao-lam", ["bao-lac", "bao-lam"]) == ["bao-lam"]
    assert nearest("bao-la", ["Bảo Lạc", "bao-lac"], most=5) == ["Bảo Lạc"], "equal when folded: told once"


@pytest.mark.parametrize(
    "char", [*"\0\t\n\r\x1b\x7f\x85\xad\u200b\u200e\u202e\u2028\u2029\u2066\ufeff\ufffe\uffff", "\ud800"]
)
def test_characters_that_cannot_be_shown(char: str) -> None:
    assert unshowable(char)


@pytest.mark.parametrize("char", [*"aĐảế “”–…₫😀", "\u0301", "\u00a0", "\ufffd"])
def test_characters_that_can_be_shown(char: str) -> None:
    assert not unshowable(char)


def test_printable() -> None:
    assert printable("Bảo\nLạc") == "Bảo Lạc"
    assert printable("\x1b[31mđỏ\x1b[0m\u202e") == "\ufffd[31mđỏ\ufffd[0m\ufffd"
    assert printable("") == ""


@given(st.text())
def test_printable_never_steers_a_terminal(text: str) -> None:
    assert not any(map(unshowable, printable(text)))
    assert len(printable(text)) == len(text)


@pytest.mark.parametrize("left", [0, 1_000], ids=["without patience", "with patience"])
@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("bao-lax", "bao-lac"),
        ("bo-lac", "bao-lac"),
        ("baoo-lac", "bao-lac"),
        ("boa-lac", "bao-lac"),
        ("ha-qaung", "ha-quang"),
        ("labour-department", None),
    ],
)
def test_one_slip_is_found_however_many_names_there_are(word: str, meant: str | None, left: int) -> None:
    names = NearNames(["bao-lac", "ha-quang", "trung-khanh", "thach-an"], Patience(left))
    assert names.nearest(word) == meant


def test_names_that_are_left_out_are_not_found() -> None:
    patience = Patience(3)
    names = NearNames(["bao-lac", "bao-lam", "ha-lang"], patience)
    assert names.nearest("bao-lax") in ("bao-lac", "bao-lam")
    assert patience.left == 0
    names.discard("bao-lac")
    assert names.nearest("bao-lax") == "bao-lam"
    names.discard("bao-lam")
    assert names.nearest("bao-lax") is None
