"""Numbers as people type them: read where one reading is possible, else refused and named."""

from __future__ import annotations

import datetime
import unicodedata
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from d8plan.text import numbers
from d8plan.text.cells import Holds, Raw
from d8plan.text.language import language
from d8plan.text.message import Message
from d8plan.text.numbers import Measure, Typed, Written

TEAMS = "tổ"
NBSP, THIN, FIGURE, NARROW, ZERO_WIDTH = "\u00a0", "\u2009", "\u2007", "\u202f", "\u200b"
COUNTS = st.integers(0, 10**15 - 1)


def read(raw: Raw | None, unit_of_measure: str, written: Written | None = None, decimals: int = 0) -> Typed:
    return numbers.read(raw, Measure(unit_of_measure, decimals, written))


def read_text(text: str, unit_of_measure: str, written: Written | None = None, decimals: int = 0) -> Typed:
    return numbers.read_text(text, Measure(unit_of_measure, decimals, written))


def words(message: Message | None) -> str:
    assert message is not None
    return language("en").say(message)


def number(value: float, number_format: str = "General", unit_of_measure: str = TEAMS) -> Typed:
    return read(Raw(Holds.NUMBER, value, number_format=number_format), unit_of_measure)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("57", 57),
        (" 57 ", 57),
        ("57 tổ", 57),
        ("57tổ", 57),
        ("57 TỔ", 57),
        ("57 to", 57),
        (unicodedata.normalize("NFD", "57 tổ"), 57),
        (f"57{NBSP}tổ{NBSP}", 57),
        ("57\ntổ", 57),
        (f"{ZERO_WIDTH}57\ufeff", 57),
        ("03", 3),
        ("05 tổ", 5),
        ("00", 0),
        ("2024", 2024),
        ("16035756260", 16_035_756_260),
        ("16.035.756.260", 16_035_756_260),
        ("1,234,567", 1_234_567),
        ("16 035 756 260", 16_035_756_260),
        (f"16{NBSP}035{NBSP}756{NBSP}260", 16_035_756_260),
        (f"16{THIN}035{THIN}756{THIN}260", 16_035_756_260),
        (f"16{FIGURE}035{NARROW}756 260", 16_035_756_260),
        ("1 234", 1234),
        ("1.234.567 tổ", 1_234_567),
        ("999999999999999", 999_999_999_999_999),
    ],
)
def test_text_with_one_reading_is_read_and_said(text: str, value: int) -> None:
    typed = read_text(text, TEAMS)
    assert (typed.value, typed.refused) == (value, None)
    assert f"is read as {value:,} tổ" in words(typed.said)


@pytest.mark.parametrize("text", ["", " ", NBSP, "\n", "-", "–", "—", " - ", f"{NBSP}–"])
def test_blanks_and_a_dash_say_that_there_is_no_figure(text: str) -> None:
    assert read_text(text, TEAMS) == Typed(None)
    assert read(Raw(Holds.TEXT, text), TEAMS) == Typed(None)


def test_no_cell_is_an_empty_one() -> None:
    assert read(None, TEAMS) == Typed(None)


@pytest.mark.parametrize(
    "text",
    [
        *("1,5", "1.5", "0,5", "0.234", "57.", "57,", ".5", "57.0", "1.23", "1,2345"),
        *("12.3456.789", "1.234,567", "1.234.567,5", "1,234,567.00", "1.234 567", "0.000.000", "01.234.567"),
        *("1 23", "1  234", "1234 567", "10\n120", "10\t120", "1 0000", "05 000", "1'234'567", "1_000"),
        *("005", "007 tổ", "0123"),
        *("10-12", "10–12", "10/12", "10 - 12", "10+2", "=10", "1e3", "1E+3", "0x1F", "0b1", "∞", "NaN", "None"),
        *("-57", "−57", "+57", "(57)", "57*", "57?", "~57", "≥57", "57 (tổ)", "57, tổ", "57 - tổ"),
        *("khoảng 10", "57 lớp", "57 tổ 3", "57 tổ nhóm", "tổ 57", "tổ", "x", "không", "năm mươi", "57 nghìn", "57tr"),
        *("½", "5½", "²", "5²", "٥٧", "５７", "Ⅷ", "८", "57 %", "57%", "57₫", "57 đ", "--", "-–", "_"),
        *("#REF!", "#N/A", "TRUE", "57 \x00", "\ud800", "57\u202e", "5\u00ad7", "57\u0301"),
    ],
)
def test_text_without_one_reading_is_refused_and_named(text: str) -> None:
    typed = read_text(text, TEAMS)
    assert (typed.value, typed.said) == (None, None)
    shown = "".join(c if c.isprintable() else "" for c in text.strip())
    assert "".join(c for c in words(typed.refused) if c != "\ufffd").startswith(f"“{shown}") or "\n" in text


@pytest.mark.parametrize("text", ["1.234", "1,234", "16.035 tổ", "100,000"])
@pytest.mark.parametrize("measure", [TEAMS, "đồng"])
def test_one_group_could_be_a_decimal(text: str, measure: str) -> None:
    typed = read_text(text.replace(TEAMS, measure), measure)
    assert typed.value is None
    assert "can be read as more than one number" in words(typed.refused)


def test_no_more_digits_than_a_spreadsheet_keeps() -> None:
    for text in ("1000000000000000", "1.000.000.000.000.000", "9" * 5000):
        typed = read_text(text, TEAMS)
        assert typed.value is None
        assert "more than 15 digits" in words(typed.refused)
        assert len(words(typed.refused)) < 200


@pytest.mark.parametrize("measure", ["đồng", "đ", "VND", "₫"])
@pytest.mark.parametrize("word", ["đ", "đồng", "Đồng", "VND", "vnđ", "VNĐ", "d", "₫", "dong"])
def test_money_has_several_names(measure: str, word: str) -> None:
    assert read_text(f"100.000.000 {word}", measure).value == 100_000_000
    assert read_text(f"100.000.000{word}", measure).value == 100_000_000
    assert read_text(f"57 {word}", TEAMS).value is None


@pytest.mark.parametrize("word", ["nghìn đồng", "triệu đồng", "triệu", "tỷ", "USD", "$", "tr.đ"])
def test_money_in_thousands_or_another_currency_is_refused(word: str) -> None:
    assert read_text(f"57 {word}", "đồng").refused


@pytest.mark.parametrize("text", ["57 tổ", "57 nhóm", "57 tổ/nhóm", "57 to/nhom"])
def test_one_of_joined_units_of_measure_is_enough(text: str) -> None:
    assert read_text(text, "tổ/nhóm").value == 57


def test_a_figure_without_unit_of_measure_takes_none() -> None:
    assert read_text("57", "").value == 57
    assert read_text("57 tổ", "").refused
    assert read_text("15%", "%").value == 15
    assert read_text("5 m2", "m2").value == 5


@given(st.text() | st.text("0123456789., -–%tổđ\u00a0\u2009\u200b\n+*e/()"), st.sampled_from([TEAMS, "đồng", "%", ""]))
@example("9" * 5000, TEAMS)
@example("1" + " " * 5000 + "!", TEAMS)
def test_any_text_is_read_digit_by_digit_or_refused(text: str, measure: str) -> None:
    typed = read_text(text, measure)
    if typed.value is None:
        assert typed.said is None
        assert typed.refused or not any(map(str.isalnum, text))
    else:
        digits = "".join(c for c in text if c.isdigit())
        assert typed.said and not typed.refused
        assert digits in (str(typed.value), f"0{typed.value}")


@given(COUNTS, st.sampled_from(["", " tổ", "tổ", f"{NBSP}tổ "]))
def test_every_number_is_read_back(value: int, unit: str) -> None:
    dotted, commas = f"{value:,}".replace(",", "."), f"{value:,}"
    for space in " \u00a0\u2007\u2009\u202f":
        assert read_text(commas.replace(",", space) + unit, TEAMS).value == value
    assert read_text(f"{value}{unit}", TEAMS).value == value
    one_group = commas.count(",") == 1
    for text in (dotted, commas):
        assert read_text(text + unit, TEAMS).value == (None if one_group else value)
    assert read(Raw(Holds.NUMBER, value), TEAMS) == read(Raw(Holds.NUMBER, float(value)), TEAMS) == Typed(value)


@given(st.floats(), st.text() | st.text('#0?,.;%"*_\\[]$-E+/ General@tổ5đ'))
def test_a_number_in_any_format_is_itself_or_refused(value: float, number_format: str) -> None:
    typed = number(value, number_format)
    assert typed.value == value if typed.value is not None else typed.refused


@pytest.mark.parametrize(
    "number_format",
    [
        *("General", "0", "#,##0", "[$-42A]#,##0", '[$-42A]#,##0"*"', "#,##0.00", "0.0", "00", "@"),
        *('0" tổ"', r"#,##0\ \t\ổ", '#,##0" tổ"', 'General" tổ"', '0"tổ"', "0_ ", "[Red]0", "[Color 10]0"),
        *("#,##0_);(#,##0)", "#,##0_);[Red](#,##0)", '_(* #,##0_);_(* \\(#,##0\\);_(* "-"??_);_(@_)'),
        *('_-* #,##0_-;\\-* #,##0_-;_-* "-"??_-;_-@_-', "#,##0;-#,##0;", "#,##0;;", "0;-0;;@"),
        *("# ##0", r"#\ ##0", '#" "##0', "#\u00a0##0", "#,###", "0.00E+00", "##0.0E+0", "# ?/?", "# ??/16", "?0"),
        *("0;;", '0;"5;6"', "#,##0;[Red]-#,##0", '0" ";"%"'),
    ],
)
def test_formats_that_show_the_number_itself(number_format: str) -> None:
    for value in (1, 57, 1234, 16_035_756_260, 57.0):
        assert number(value, number_format) == Typed(int(value))


@pytest.mark.parametrize(
    "number_format",
    ['#,##0\\ "₫"', "#,##0 [$₫-42A]", '[$-42A]#,##0"đ"', "#,##0 [$VND]", '#,##0.00\\ "đồng"', '0"VNĐ"'],
)
def test_formats_of_money(number_format: str) -> None:
    assert number(16_035_756_260, number_format, "đồng") == Typed(16_035_756_260)
    assert number(16_035_756_260, number_format, TEAMS).refused


@pytest.mark.parametrize(
    "number_format",
    [
        *("0%", "0.00%", "0 %", "#,##0,", "#,##0,,", "0.0,", "#,##0,.0", '0,"k"', '0"%"', '0"‰"'),
        *('0"000"', '0".000"', r"0\0", '"5"0', r"\50", '0" 000"', '0".000.000"', '0"*5"', "*50", '0"½"'),
        *('0" lớp"', '0" nghìn"', '0" triệu đồng"', '0"-"0', r"0\.0", r"#\.##0", "-0", '"-"0', "(0)", r"\(0\)", "+0"),
        *(";;;", '"58"', '"tổ"', "", '""', "[>100]0;0", "[=57]0", "[DBNum1]0", "[h]", "yyyy", "0h", "$0", "0 0,"),
        '"' + "0" * 300,
        "0" + '"a"' * 5_000_000,
    ],
)
def test_formats_that_show_something_else_are_refused(number_format: str) -> None:
    typed = number(57, number_format)
    assert (typed.value, typed.said) == (None, None)
    assert "does not show 57 as it is" in words(typed.refused)
    assert len(words(typed.refused)) < 200


@pytest.mark.parametrize(
    ("number_format", "said"),
    [
        ("0", False),
        ("#,##0", False),
        ("General", False),
        ("# ?/?", False),
        ("#,##0;-#,##0;", True),
        ("#,###", True),
        ("#,##0;;", True),
        ('_-* #,##0_-;\\-* #,##0_-;_-* "-"??_-;_-@_-', True),
        ('0;-0;"–"', True),
    ],
)
def test_a_zero_that_is_shown_as_nothing_is_said(number_format: str, said: bool) -> None:
    typed = number(0, number_format)
    assert (typed.value, typed.refused) == (0, None)
    assert bool(typed.said) is said


@pytest.mark.parametrize("number_format", ['0;0;"5"', '0;0;"không"', "0%", '"1"#'])
def test_a_zero_that_is_shown_as_something_is_refused(number_format: str) -> None:
    assert number(0, number_format).refused


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (57.5, "57.5 is not whole"),
        (56.99999, "56.99999 is not whole"),
        (float("nan"), "nan is not whole"),
        (float("inf"), "inf is not whole"),
        (-57, "-57 is negative"),
        (-1e300, "is negative"),
        (10**15, "more than 15 digits"),
        (1e15, "“1000000000000000” has more than 15 digits"),
        (1e300, "more than 15 digits"),
    ],
)
def test_numbers_that_are_no_count_are_refused(value: float, why: str) -> None:
    typed = number(value)
    assert typed.value is None
    assert why in words(typed.refused)


def test_the_largest_number_is_read() -> None:
    assert number(10**15 - 1) == number(999_999_999_999_999.0) == Typed(999_999_999_999_999)
    assert number(-0.0) == Typed(0)


def test_a_formula_is_read_by_its_result_and_said() -> None:
    typed = read(Raw(Holds.NUMBER, 29, formula="=28+1"), TEAMS)
    assert (typed.value, typed.refused, words(typed.said)) == (29, None, "=28+1 gives 29 tổ")
    assert read(Raw(Holds.TEXT, "57 tổ", formula='=A1&" tổ"'), TEAMS).value == 57
    assert read(Raw(Holds.TEXT, "", formula='=IF(A1="","",A1)'), TEAMS) == Typed(None)
    for raw in (Raw(Holds.NUMBER, 0.5, formula="=1/2"), Raw(Holds.TEXT, "1,5", formula='="1,5"')):
        typed = read(raw, TEAMS)
        assert typed.value is None and typed.said is None and typed.refused


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (Raw(Holds.UNKNOWN, None, formula="=A1+1"), "never calculated: open the file in Excel and save it"),
        (Raw(Holds.ERROR, "#REF!"), "#REF! is no number"),
        (Raw(Holds.ERROR, "#REF!", formula="=#REF!+1"), "#REF! is no number"),
        (Raw(Holds.DATE, datetime.date(2024, 12, 10)), "A date stands here, 2024-12-10; Excel makes one of 10-12"),
        (
            Raw(Holds.DATE, datetime.datetime(2024, 12, 10, 1, 2, tzinfo=datetime.UTC)),
            "A date stands here, 2024-12-10; Excel",
        ),
        (Raw(Holds.DATE, datetime.time(10, 12)), "A date stands here, 10:12:00"),
        (Raw(Holds.DATE, datetime.timedelta(hours=30)), "A date stands here"),
        (Raw(Holds.BOOLEAN, True), "“TRUE” is not one whole number, such as 57 tổ"),
        (Raw(Holds.BOOLEAN, 1), "is not one whole number"),
        (Raw(Holds.NUMBER, True), "is not one whole number"),
        (Raw(Holds.NUMBER, None), "is not one whole number"),
        (Raw(Holds.TEXT, 57), "is not one whole number"),
    ],
)
def test_what_holds_no_number_is_refused(raw: Raw, why: str) -> None:
    typed = read(raw, TEAMS)
    assert (typed.value, typed.said) == (None, None)
    assert why in words(typed.refused)


def test_what_is_shown_of_a_long_text_or_formula_is_short() -> None:
    assert len(words(read_text("số " * 10_000, TEAMS).refused)) < 150
    assert len(words(read(Raw(Holds.NUMBER, 5, formula="=1" + "+1" * 4000), TEAMS).said)) < 150


MILLIONS = Written("triệu đồng", Fraction(10**6))


@pytest.mark.parametrize(
    ("number", "number_format", "value"),
    [
        (13804.304, "#,##0.000", 13_804_304_000),
        (13804.304, "#,##0", 13_804_304_000),
        (57, '0" triệu đồng"', 57_000_000),
        (2231.45226, "General", 2_231_452_260),
        (0.1, "0.0", 100_000),
        (0, "General", 0),
        (0.1 + 0.2, "0.0", None),
        (0.0000001, "General", None),
        (57, "#,##0,", None),
        (57.5, '0" đồng"', None),
        (-1.5, "0.0", None),
        (1e9, "General", None),
    ],
)
def test_a_number_in_another_multiple_is_converted_exactly(
    number: float, number_format: str, value: int | None
) -> None:
    typed = read(Raw(Holds.NUMBER, number, number_format=number_format), "đ", MILLIONS)
    assert typed.value == value
    assert bool(typed.refused) is (value is None)


def test_text_in_another_multiple_is_converted_exactly() -> None:
    assert read_text("1.234,5", "đ", MILLIONS).value == 1_234_500_000
    assert read_text("65 triệu đồng", "đ", MILLIONS).value == 65_000_000
    for text in ("1.234", "65 đồng", "0,0000001", "-5"):
        assert read_text(text, "đ", MILLIONS).refused


@pytest.mark.parametrize(
    ("number_format", "rounded"),
    [
        ("General", False),
        ("0.00", False),
        ("#,##0.0#", False),
        ("#,##0", True),
        ("0.0", True),
        ("[$-42A]#,##0.0", True),
    ],
)
def test_a_decimal_that_the_cell_shows_rounded_is_taken_and_said(number_format: str, rounded: bool) -> None:
    typed = read(Raw(Holds.NUMBER, 6.75, number_format=number_format), "ha", decimals=2)
    assert typed.value == Decimal("6.75")
    assert (typed.said is not None) == rounded
    if rounded:
        assert "shows it rounded" in words(typed.said)


def test_money_in_a_multiple_is_as_exact_as_before() -> None:
    assert read(Raw(Holds.NUMBER, 13804.304, number_format="#,##0"), "đ", MILLIONS).value == 13_804_304_000
