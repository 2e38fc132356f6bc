"""Units of measure: what is the same, what is an exact multiple, and what is neither."""

from __future__ import annotations

import unicodedata
from fractions import Fraction

import pytest

from d8plan.text.measures import factor, is_known


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        *((one, "đ") for one in ("đồng", "Đồng", "VNĐ", "vnd", "₫", "(đồng)", "đ", "dong")),
        *((one, "người") for one in ("Người", "(người)", " NGƯỜI ", "nguoi")),
        *(("tổ", "tổ/nhóm"), ("Nhóm", "tổ/nhóm"), ("tổ/nhóm", "tổ/nhóm"), ("ha", "héc ta"), ("m2", "m²"), ("%", "%")),
        (unicodedata.normalize("NFD", "đồng"), "đ"),
    ],
)
def test_other_spellings_are_the_same(written: str, kept: str) -> None:
    assert factor(written, kept) == 1


@pytest.mark.parametrize(
    ("written", "kept", "multiple"),
    [
        ("triệu đồng", "đ", 10**6),
        ("Triệu đồng", "đồng", 10**6),
        ("TRIỆU ĐỒNG", "vnđ", 10**6),
        ("trieu dong", "đ", 10**6),
        ("tr.đ", "đ", 10**6),
        ("trđ", "đ", 10**6),
        ("tr. đồng", "đ", 10**6),
        ("triệu", "đ", 10**6),
        ("tỷ đồng", "đ", 10**9),
        ("tỉ đồng", "đ", 10**9),
        ("trăm triệu đồng", "đ", 10**8),
        ("nghìn tỷ đồng", "đ", 10**12),
        ("nghìn đồng", "đ", 1000),
        ("ngàn đồng", "đ", 1000),
        ("1000đ", "đ", 1000),
        ("1.000 đồng", "đ", 1000),
        ("1.000.000 đồng", "đ", 10**6),
        ("1,000 đ", "đ", 1000),
        ("nghìn người", "người", 1000),
        ("trăm người", "người", 100),
        ("chục tổ", "tổ", 10),
        ("vạn dân", "dân", 10_000),
        ("nghìn tổ", "tổ/nhóm", 1000),
        ("tấn", "kg", 1000),
        ("tạ", "kg", 100),
        ("yến", "kg", 10),
        ("nghìn tấn", "kg", 10**6),
        ("km", "m", 1000),
        ("ha", "m²", 10_000),
        ("km2", "ha", 100),
        ("nghìn ha", "ha", 1000),
        ("đồng", "triệu đồng", Fraction(1, 10**6)),
        ("kg", "tấn", Fraction(1, 1000)),
        ("tỷ đồng", "triệu đồng", 1000),
    ],
)
def test_exact_multiples(written: str, kept: str, multiple: Fraction | int) -> None:
    assert factor(written, kept) == multiple


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        *(("tấn", "tổ"), ("triệu đồng", "tổ"), ("kg", "m"), ("USD", "đ"), ("triệu USD", "đ"), ("lượt người", "người")),
        *(("nghìn lượt người", "người"), ("trạm", "người"), ("hộ", "tổ"), ("", "tổ"), ("tấn", ""), ("triệu", "")),
        *(("tỷ lệ", "đ"), ("10^6 đồng", "đ"), ("đồng/người", "đ")),
    ],
)
def test_what_is_no_exact_multiple(written: str, kept: str) -> None:
    assert factor(written, kept) is None


@pytest.mark.parametrize(
    "text", ["Triệu tập hội nghị", "Tỷ lệ hộ nghèo", "Trạm y tế", "Nghìn việc tốt", "Vạn Xuân", ""]
)
def test_words_that_begin_like_a_multiple_are_no_unit(text: str) -> None:
    assert not is_known(text, "tổ")
