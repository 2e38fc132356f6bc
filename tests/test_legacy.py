"""Headings and names typed in TCVN3 and VNI fonts come back as Unicode."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from support import DATA

from d8plan.text.legacy_encodings import Encoding, readings
from d8plan.text.names import fold, nfc

# Written letter by letter in the order of the alphabet, so apart from the tables of the program,
# which follow the codes: no tone, acute, grave, hook above, tilde, dot below.
TABLE = """
a á à ả ã ạ | a ¸ µ ¶ · ¹ | a aù aø aû aõ aï
ă ắ ằ ẳ ẵ ặ | ¨ ¾ » ¼ ½ Æ | aê aé aè aú aü aë
â ấ ầ ẩ ẫ ậ | © Ê Ç È É Ë | aâ aá aà aå aã aä
đ           | ®           | ñ
e é è ẻ ẽ ẹ | e Ð Ì Î Ï Ñ | e eù eø eû eõ eï
ê ế ề ể ễ ệ | ª Õ Ò Ó Ô Ö | eâ eá eà eå eã eä
i í ì ỉ ĩ ị | i Ý × Ø Ü Þ | i í ì æ ó ò
o ó ò ỏ õ ọ | o ã ß á â ä | o où oø oû oõ oï
ô ố ồ ổ ỗ ộ | « è å æ ç é | oâ oá oà oå oã oä
ơ ớ ờ ở ỡ ợ | ¬ í ê ë ì î | ô ôù ôø ôû ôõ ôï
u ú ù ủ ũ ụ | u ó ï ñ ò ô | u uù uø uû uõ uï
ư ứ ừ ử ữ ự | \u00ad ø õ ö ÷ ù | ö öù öø öû öõ öï
y ý ỳ ỷ ỹ ỵ | y ý ú û ü þ | y yù yø yû yõ î
"""
ROWS = [[part.split(" ") for part in line.split(" | ")] for line in TABLE.strip().splitlines()]
COLUMNS = [[cell for row in ROWS for cell in row[at] if cell] for at in range(3)]
LETTERS, IN_TCVN3, IN_VNI = COLUMNS
TCVN3 = dict(zip(LETTERS, IN_TCVN3, strict=True)) | dict(zip("ĂÂĐÊÔƠƯ", "¡¢§£¤¥¦", strict=True))
VNI = dict(zip(LETTERS, IN_VNI, strict=True))
VNI |= {letter.upper(): typed.upper() for letter, typed in VNI.items()}
ACCENTED = [letter for letter in LETTERS if not letter.isascii()]
UNSURE = st.sampled_from(ACCENTED + [letter.upper() for letter in ACCENTED]) | st.sampled_from(" abcdđ,.0159-–“”")


def typed_in(encoding: Encoding, text: str) -> str:
    """Type text in a legacy font; TCVN3 types a capital with a tone as a small letter in a font of capitals."""
    if encoding is Encoding.VNI:
        return "".join(VNI.get(char, char) for char in nfc(text))
    return "".join(TCVN3.get(char) or TCVN3.get(char.lower(), char) for char in nfc(text))


def named(text: str) -> dict[Encoding, str]:
    return dict(readings(text))


def texts_of(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from texts_of(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts_of(item)
    elif isinstance(value, str):
        yield value


def texts_in(path: Path) -> list[str]:
    return [text for text in texts_of(YAML(typ="safe").load(path)) if not text.isascii()]


OFFICIAL = sorted({*texts_in(DATA / "units.yaml"), *texts_in(DATA / "plans" / "2024" / "annex.yaml")})


@pytest.mark.parametrize(
    ("typed", "encoding", "text"),
    [
        ("Tªn ®¬n vÞ", Encoding.TCVN3, "Tên đơn vị"),
        ("§¬n vÞ", Encoding.TCVN3, "Đơn vị"),
        ("Céng hßa x· héi chñ nghÜa ViÖt Nam", Encoding.TCVN3, "Cộng hòa xã hội chủ nghĩa Việt Nam"),
        ("§éc lËp - Tù do - H¹nh phóc", Encoding.TCVN3, "Độc lập - Tự do - Hạnh phúc"),
        ("ChØ tiªu thùc hiÖn 2024", Encoding.TCVN3, "Chỉ tiêu thực hiện 2024"),
        ("M\u00adêng Kh\u00ad¬ng", Encoding.TCVN3, "Mường Khương"),
        ("Teân ñôn vò", Encoding.VNI, "Tên đơn vị"),
        ("Ñôn vò", Encoding.VNI, "Đơn vị"),
        ("Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam", Encoding.VNI, "Cộng hòa xã hội chủ nghĩa Việt Nam"),
        ("COÄNG HOØA XAÕ HOÄI CHUÛ NGHÓA VIEÄT NAM", Encoding.VNI, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        ("Ñoäc laäp - Töï do - Haïnh phuùc", Encoding.VNI, "Độc lập - Tự do - Hạnh phúc"),
        ("Ñaûm baûo", Encoding.VNI, "Đảm bảo"),
        ("AÁp Ñôn", Encoding.VNI, "Ấp Đơn"),
        # What Excel's PROPER makes of ẤP.
        ("Aáp Ñôn", Encoding.VNI, "Ấp Đơn"),
    ],
)
def test_known_texts(typed: str, encoding: Encoding, text: str) -> None:
    assert named(typed)[encoding] == text
    assert named(unicodedata.normalize("NFD", typed))[encoding] == text


def test_the_134_letters_are_covered() -> None:
    assert len(ACCENTED) == 67
    assert len({*ACCENTED, *map(str.upper, ACCENTED)}) == 134
    assert all(len(nfc(letter)) == 1 for letter in ACCENTED)
    assert len(set(TCVN3.values())) == len(TCVN3), "no two letters of TCVN3 share a code"
    assert len(set(VNI.values())) == len(VNI), "no two letters of VNI share their codes"
    assert all(0xA1 <= ord(code) <= 0xFE for letter, code in TCVN3.items() if not letter.isascii())


@pytest.mark.parametrize("letter", [*ACCENTED, *map(str.upper, ACCENTED)])
def test_every_letter_comes_back(letter: str) -> None:
    """Between other letters, for in VNI some letters stand for themselves: í."""
    word = f"Đạ{letter}n"
    assert named(typed_in(Encoding.VNI, word))[Encoding.VNI] == word
    back = named(typed_in(Encoding.TCVN3, word))[Encoding.TCVN3]
    assert back == "Đạ" + (letter if letter in TCVN3 else letter.lower()) + "n"


@pytest.mark.parametrize("encoding", list(Encoding))
@pytest.mark.parametrize("text", OFFICIAL)
def test_names_and_headings_of_the_plan_come_back(encoding: Encoding, text: str) -> None:
    typed = typed_in(encoding, text)
    # “Kinh phí” is the same characters in VNI as in Unicode: there is nothing to convert.
    back = named(typed)[encoding] if typed != nfc(text) else typed
    assert fold(back) == fold(text)


def test_the_plan_has_names_to_try() -> None:
    assert "Quảng Hoà" in OFFICIAL
    assert "Chỉ tiêu thực hiện 2024" in OFFICIAL


@pytest.mark.parametrize(
    "text",
    [
        *("", "abc", "STT", "UBND 2024", "15%", "“2024” – 2025", "a\u00a0b"),
        *("Đơn vị", "Chỉ tiêu", "Mường", "SỐ", unicodedata.normalize("NFD", "Đơn vị"), "ơ", "ế", "đ"),
        *("Тайна", "名前", "😀", "₫", "a\u2009¸", "¸\ufeff", "¸\ud800", "¸ÿ", "ÀÁ", "¸\x81"),
    ],
)
def test_text_that_no_legacy_font_gives_has_no_reading(text: str) -> None:
    assert named(text) == {}


def test_vni_marks_stand_after_a_letter_that_takes_them() -> None:
    for text in ("ùa", "bù", "Xø", "eê", "oê", "uâ", "aùù", "ñø"):
        assert Encoding.VNI not in named(text)


@pytest.mark.parametrize(("char", "control"), [("–", "\x96"), ("“", "\x93"), ("…", "\x85"), ("’", "\x92")])
def test_quotes_and_dashes_of_windows_stay(char: str, control: str) -> None:
    """A program that took the bytes for Latin-1 made control characters of them."""
    assert named(f"Tªn {char} ®¬n vÞ") == named(f"Tªn {control} ®¬n vÞ") == {Encoding.TCVN3: f"Tên {char} đơn vị"}
    assert named(f"Teân {control} ñôn vò")[Encoding.VNI] == f"Tên {char} đơn vị"


@given(st.lists(UNSURE).map("".join))
def test_any_vietnamese_text_comes_back(text: str) -> None:
    for encoding in Encoding:
        typed = typed_in(encoding, text)
        back = named(typed).get(encoding, typed)
        assert back.lower() == text.lower()
        assert encoding is Encoding.TCVN3 or back == text


@given(st.text() | st.text("".join(map(chr, range(256)))))
@example("aù" * 20_000 + "x\u0301")
def test_any_text_is_converted_whole_or_not_at_all(text: str) -> None:
    for encoding, converted in readings(text):
        assert converted != nfc(text)
        assert nfc(converted) == converted
        known = TCVN3 if encoding is Encoding.TCVN3 else VNI
        assert all(char in known for char in converted if char.isalpha() and not char.isascii())
