"""The strict YAML reader: what it refuses, what it accepts, and where it says things stand."""

from __future__ import annotations

import datetime
import json
import random
import re
import tomllib
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode
from support import DATA

from d8plan.checks import run
from d8plan.storage.data.loader import load
from d8plan.storage.data.raw_text import MAX_BYTES
from d8plan.storage.data.strict_yaml import MAX_DEPTH, YamlSource, read
from d8plan.text.exact import as_json_text

CASES = Path(__file__).resolve().parent / "cases" / "yaml"
EXPECTED: dict[str, dict[str, list[int]]] = tomllib.loads((CASES / "expected.toml").read_text(encoding="utf-8"))
REFUSED = sorted(path for path in CASES.glob("Y*/*.yaml"))
ACCEPTED = sorted(path for path in (CASES / "accepted").glob("*.yaml"))
TODAY = datetime.date(2026, 11, 23)
LARGE = 30_000
"""Bytes that a parser in Python takes long for."""


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def exact(value: object) -> str:
    """Return a form in which 1, true and "1" differ and the order of keys counts."""
    return as_json_text(value, ensure_ascii=False)


def places(source: YamlSource) -> list[tuple[str, int, int]]:
    return [(problem.rule.code, problem.mark.line, problem.mark.column) for problem in source.problems]


# --- The corpus.


def test_the_corpus_is_whole() -> None:
    assert {(path.parent.name, path.stem) for path in REFUSED} == {
        (code, name) for code, table in EXPECTED.items() for name in table
    }
    assert {path.stem for path in ACCEPTED} == {path.stem for path in (CASES / "accepted").glob("*.json")}
    assert len(REFUSED) >= 130


@pytest.mark.parametrize("path", REFUSED, ids=name_of)
def test_refused(path: Path) -> None:
    code = path.parent.name
    expected = EXPECTED[code][path.stem]
    source = read(path.read_bytes())
    found = places(source)
    assert [place[0] for place in found] == [code], source.problems
    assert list(found[0][1:][: len(expected)]) == expected, source.problems


@pytest.mark.parametrize("path", ACCEPTED, ids=name_of)
def test_accepted(path: Path) -> None:
    source = read(path.read_bytes())
    assert source.problems == ()
    assert source.readable
    expected = path.with_suffix(".json").read_text(encoding="utf-8")
    assert exact(source.data) == exact(json.loads(expected, parse_float=Decimal))


@pytest.mark.parametrize("path", [*REFUSED, *ACCEPTED], ids=name_of)
@pytest.mark.parametrize("ending", [b"\r\n", b"\r"], ids=["crlf", "cr"])
def test_line_ends_change_nothing(path: Path, ending: bytes) -> None:
    """A file saved with other line ends is refused at the same place, or gives the same data."""
    content = path.read_bytes()
    if b"\r" in content or b"\0" in content or content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        pytest.skip("has line ends of its own")
    plain, other = read(content), read(content.replace(b"\n", ending))
    assert places(other) == places(plain)
    assert exact(other.data) == exact(plain.data)


@pytest.mark.parametrize("path", [*REFUSED, *ACCEPTED], ids=name_of)
def test_a_bom_changes_nothing(path: Path) -> None:
    content = path.read_bytes()
    if content.startswith((b"\xff\xfe", b"\xfe\xff", "\ufeff".encode())):
        pytest.skip("begins with a BOM")
    plain, other = read(content), read("\ufeff".encode() + content)
    assert places(other) == places(plain)
    assert exact(other.data) == exact(plain.data)


@pytest.mark.parametrize("path", [*REFUSED, *ACCEPTED], ids=name_of)
def test_marks_stand_in_the_file(path: Path) -> None:
    """The line that is shown beside a finding exists, and the column is in it or just after it."""
    check_marks(read(path.read_bytes()))


def check_marks(source: YamlSource) -> None:
    lines = source.lines
    for problem in source.problems:
        assert 1 <= problem.mark.line <= len(lines), problem
        assert 1 <= problem.mark.column <= len(lines[problem.mark.line - 1]) + 1, problem
        assert lines[problem.mark.line - 1].strip() or not source.text.strip() or problem.rule.code == "Y006", problem


# --- Inputs too large for a file of the corpus.


def test_over_two_megabytes() -> None:
    fits = b"a: 1\n" + b"#" * (MAX_BYTES - 5)
    assert read(fits).data == {"a": 1}
    assert places(read(fits + b"#")) == [("Y001", 1, 1)]


@pytest.mark.parametrize(
    ("content", "column"),
    [
        (b"[" * 60_000, MAX_DEPTH + 1),
        (b"[" * 60_000 + b"]" * 60_000, MAX_DEPTH + 1),
        (b"[" * (MAX_BYTES - 1), MAX_DEPTH + 1),
        (b"- " * 30_000, 2 * MAX_DEPTH + 1),
        (b"? " * 30_000, 3),
        (b"{" * 60_000, 2),
        (b"{a: " * 15_000, 4 * MAX_DEPTH + 1),
        (b"[{a: " * 12_000, 5 * MAX_DEPTH // 2 + 1),
    ],
    ids=["brackets", "brackets closed", "brackets 2 MB", "dashes", "question marks", "braces", "mappings", "mixed"],
)
def test_bombs_of_depth(content: bytes, column: int) -> None:
    """The C composer dies of 60 KB of brackets: the reader must stop by itself, and at once."""
    source = read(content)
    assert places(source) == [("Y004", 1, column)]


@pytest.mark.parametrize(
    "content",
    [
        b"a: '" + b"x" * 1_900_000 + b"'",
        b"a: " + b"x " * 900_000,
        b"a: |\n" + b"  x\n" * 450_000,
        b"a: >\n" + b"  x\n" * 450_000,
        b'a: "' + b"\\x41" * 450_000 + b'"',
        b"\n" * 1_900_000,
        b"#" * 1_900_000,
        b"a: " + b"-" * 1_900_000,
        ("a: " + "e\u0301" * 600_000).encode(),
    ],
    ids=["quoted", "words", "literal", "folded", "escapes", "blank lines", "comment", "dashes", "accents"],
)
def test_two_megabytes_of_one_value_are_read(content: bytes) -> None:
    source = read(content)
    assert source.problems == ()


@pytest.mark.parametrize("content", [b"[" + b"1," * 990_000 + b"]", b"- ~\n" * 490_000], ids=["numbers", "nulls"])
def test_two_megabytes_of_values_are_read_or_refused(content: bytes) -> None:
    """No plan holds half a million values: refusing them is as good as reading them."""
    source = read(content)
    assert source.readable or source.problems


@pytest.mark.parametrize("value", [b"9" * 1_900_000, b"1." * 950_000, b"0x" + b"F" * 1_900_000])
def test_two_megabytes_of_digits_are_refused(value: bytes) -> None:
    source = read(b"a: " + value)
    assert places(source) == [("Y005", 1, 4)]


@pytest.mark.parametrize(
    "place", ["a: {}\n", "{}: 1\n", 'a: "{}"\n', "# {}\n"], ids=["value", "key", "quoted", "comment"]
)
def test_endless_accents_are_read(place: str) -> None:
    """Putting accents of one letter in order takes time with the square of their number."""
    source = read(place.format("a" + "\u0301\u0323" * 30_000).encode())
    assert source.readable or source.problems


def test_endless_escaped_accents_are_read() -> None:
    source = read(b'a: "a' + b"\\u0301\\u0323" * 30_000 + b'"')
    assert source.readable or source.problems


@pytest.mark.parametrize(
    "line", ["a{n}: ~\n", "a{n}: 1,5\n", "a: 1\n", "a{n}: {{b: 1, b: 2}}\n"], ids=["null", "decimal", "twice", "inner"]
)
def test_many_problems_are_told(line: str) -> None:
    content = "".join(line.format(n=number) for number in range(10_000)).encode()
    source = read(content)
    assert len(source.problems) >= 100, "a reader may stop telling at some number, but not at once"


# --- Where values stand.


class Scalar(NamedTuple):
    value: int | str
    style: str


class Written(NamedTuple):
    path: tuple[str | int, ...]
    of_key: bool
    start: int
    raw: str


Tree = Scalar | dict[str, "Tree"] | list["Tree"]
LETTERS = "abcxyzABCđĐăâêôơưáàảãạếộữẸỴ"
SIGNS = " 0123456789:#-,[]{}'\"%&*!|>@`?~._=/\\<“”😀\u0301\u0323"
PLAIN = re.compile(rf"[{LETTERS}](?:[{LETTERS}0-9 ]*[{LETTERS}0-9])?")
WORDS = {"null", "true", "false", "none"}
styles = st.sampled_from(["plain", "single", "double"])
texts = st.text(LETTERS, max_size=12) | st.text(LETTERS + SIGNS, max_size=12)
integers = st.integers(-(10**18) + 1, 10**18 - 1)
scalars = st.builds(Scalar, integers, st.just("plain")) | st.builds(Scalar, texts, styles)
keys = texts.map(lambda text: unicodedata.normalize("NFC", text)).filter(lambda text: text != "<<")
trees: st.SearchStrategy[Tree] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)


def plain_data(tree: Tree) -> object:
    if isinstance(tree, dict):
        return {key: plain_data(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [plain_data(value) for value in tree]
    return tree.value if isinstance(tree.value, int) else unicodedata.normalize("NFC", tree.value)


class Emitter:
    """Writes a tree as YAML, and notes where each scalar and each key begins."""

    def __init__(self, end: str) -> None:
        self.text = ""
        self.end = end
        self.written: list[Written] = []

    def scalar(self, value: int | str, style: str, path: tuple[str | int, ...], *, of_key: bool = False) -> None:
        if isinstance(value, int):
            raw = str(value)
        elif style == "plain" and PLAIN.fullmatch(value) and value.casefold() not in WORDS:
            raw = value
        elif style == "single":
            raw = "'" + value.replace("'", "''") + "'"
        else:
            raw = '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        self.written.append(Written(path, of_key, len(self.text), raw))
        self.text += raw

    def flow(self, tree: Tree, path: tuple[str | int, ...]) -> None:
        if isinstance(tree, Scalar):
            self.scalar(*tree, path)
            return
        opening, closing = "{}" if isinstance(tree, dict) else "[]"
        self.text += opening
        for position, (key, value) in enumerate(entries(tree)):
            self.text += ", " if position else ""
            self.key(key, (*path, key))
            self.flow(value, (*path, key))
        self.text += closing

    def block(self, tree: Tree, path: tuple[str | int, ...], indent: int) -> None:
        """Write a collection's lines, or a scalar on the line begun."""
        if isinstance(tree, Scalar) or not tree:
            self.flow(tree, path)
            self.text += self.end
            return
        for key, value in entries(tree):
            self.text += " " * indent
            if isinstance(key, int):
                self.text += "- "
            self.key(key, (*path, key), block=True)
            inside = (*path, key)
            if isinstance(value, Scalar) or not value:
                self.text += "" if isinstance(key, int) else "  "
                self.block(value, inside, indent)
            elif len(inside) % 3 == 2:
                self.text += " "
                self.flow(value, inside)
                self.text += " # flow" + self.end
            else:
                self.text += self.end
                self.block(value, inside, indent + 2)

    def key(self, key: str | int, path: tuple[str | int, ...], *, block: bool = False) -> None:
        if isinstance(key, str):
            self.scalar(key, ("plain", "single", "double")[len(key) % 3], path, of_key=True)
            self.text += ":" if block else ": "


def entries(tree: dict[str, Tree] | list[Tree]) -> Iterator[tuple[str | int, Tree]]:
    return iter(tree.items()) if isinstance(tree, dict) else iter(enumerate(tree))


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tree=trees, flow=st.booleans(), bom=st.booleans(), end=st.sampled_from(["\n", "\r\n", "\r"]))
def test_marks_point_at_each_scalar(tree: Tree, flow: bool, bom: bool, end: str) -> None:
    emitter = Emitter(end)
    if flow:
        emitter.flow(tree, ())
    else:
        emitter.block(tree, (), 0)
    source = read((("\ufeff" if bom else "") + emitter.text).encode())
    assert source.problems == ()
    assert exact(source.data) == exact(plain_data(tree))
    assert_as_ruamel_has_it(source)
    lines = source.lines
    for path, of_key, start, raw in emitter.written:
        before = re.split(r"\r\n|\r|\n", emitter.text[:start])
        mark = source.locate(path, of_key=of_key)
        assert mark == (len(before), len(before[-1]) + 1, max(len(raw), 1))
        assert lines[mark.line - 1][mark.column - 1 :][: mark.width] == raw


def test_a_place_that_does_not_exist_is_told_at_the_nearest_above() -> None:
    source = read(b"a:\n  b: {c: 1}\n  d: [5, 6]\n")
    assert source.locate(("a", "b", "x")) == (2, 3, 1)
    assert source.locate(("a", "x", "y")) == (1, 1, 1)
    assert source.locate(("a", "d", 1)) == (3, 10, 1)
    assert source.locate(("a", "d", 7)) == (3, 3, 1)
    assert source.locate(("a", "b"), of_key=True) == (2, 3, 1)
    assert source.locate(()) == (1, 1, 1)
    assert read(b"").locate(("a",)) == (1, 1, 1)


# --- Damaged files.

SPECIAL = [
    *"\t\0\x1b\r\n:#-,[]{}'\"%&*!|>@`?~.0",
    "\u200b", "\u202e", "\ufeff", "\u0301", "\uffff", "\u2028", "😀", "Ế",
    "\n---\n", "\n...\n", ": ", "- ", "\n  ", "{{", "]]", "<<: ", "!!int ", "&a ", "*a ", "1e400", "16.035", "\xe0",
]  # fmt: skip


def mutants(content: bytes, chance: random.Random, number: int) -> Iterator[bytes]:
    for _ in range(number):
        damaged = bytearray(content)
        for _ in range(chance.choice((1, 1, 1, 2, 5))):
            at = chance.randrange(len(damaged) or 1)
            match chance.randrange(7):
                case 0 if damaged:
                    damaged[at] ^= 1 << chance.randrange(8)
                case 1:
                    del damaged[at : at + chance.choice((1, 1, 2, 10, 200))]
                case 2 | 3:
                    special = chance.choice(SPECIAL)
                    damaged[at:at] = special.encode(
                        chance.choice(("utf-8", "utf-8", "utf-16-le", "latin-1")), "replace"
                    )
                case 4:
                    lines = bytes(damaged).split(b"\n")
                    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
                    lines[one], lines[other] = lines[other], lines[one]
                    damaged = bytearray(b"\n".join(lines))
                case 5:
                    del damaged[at:]
                case _:
                    damaged[at:at] = damaged[at : at + chance.choice((5, 50, 500))]
        yield bytes(damaged)


SHIPPED = sorted(path.relative_to(DATA).as_posix() for path in DATA.rglob("*.yaml"))


@pytest.mark.parametrize("file", SHIPPED)
def test_damaged_files_are_read_without_an_exception(file: str) -> None:
    content = (DATA / file).read_bytes()
    for damaged in mutants(content, random.Random(file), 250):
        source = read(damaged)
        assert source.readable or source.problems
        check_marks(source)


# --- The same as ruamel.yaml, whose own parser in Python shares no code with the C parser that is used.


def assert_as_ruamel_has_it(source: YamlSource) -> None:
    """Compare the data of a text that is accepted, and where each value and key stands."""
    root = YAML(typ="safe", pure=True).compose(source.text)
    if root is None:
        assert source.data is None
    else:
        assert_as_node(source, source.data, root, ())


def assert_as_node(source: YamlSource, data: object, node: Node, path: tuple[str | int, ...]) -> None:
    if isinstance(node, ScalarNode):
        assert source.locate(path)[:2] == (node.start_mark.line + 1, node.start_mark.column + 1), path
        assert as_typed(data) == unicodedata.normalize("NFC", node.value), path
    elif isinstance(node, MappingNode):
        assert isinstance(data, dict)
        names = [unicodedata.normalize("NFC", key.value) for key, _ in node.value]
        assert list(data) == names, path
        for name, (key, value) in zip(names, node.value, strict=True):
            inside = (*path, name)
            where = source.locate(inside, of_key=True)
            assert where[:2] == (key.start_mark.line + 1, key.start_mark.column + 1), inside
            assert_as_node(source, data[name], value, inside)
    else:
        assert isinstance(data, list)
        for position, (value, of) in enumerate(zip(data, node.value, strict=True)):
            assert_as_node(source, value, of, (*path, position))


def as_typed(value: object) -> str:
    """Return the one spelling that gives a value, or the text that it is."""
    return value if isinstance(value, str) else as_json_text(value)


def small_damages(content: bytes, chance: random.Random) -> Iterator[YamlSource]:
    """Yield a text and what becomes of it by damage, as far as it is accepted."""
    for text in (content, *mutants(content, chance, 20)):
        source = read(text)
        if source.readable and not source.problems:
            yield source


def test_the_corpus_is_read_as_ruamel_does() -> None:
    compared = 0
    for path in (path for path in (*REFUSED, *ACCEPTED) if path.stat().st_size < LARGE):
        for source in small_damages(path.read_bytes(), random.Random(f"ruamel {name_of(path)}")):
            assert_as_ruamel_has_it(source)
            compared += 1
    assert compared > 2 * len(ACCEPTED), "damaged texts are among them, or there is little to compare"


@pytest.mark.parametrize("file", SHIPPED)
def test_shipped_files_are_read_as_ruamel_does(file: str) -> None:
    accepted = list(small_damages((DATA / file).read_bytes(), random.Random(f"ruamel {file}")))
    assert accepted, "it is accepted as it is"
    for source in accepted[:4]:
        assert_as_ruamel_has_it(source)


@pytest.mark.parametrize("file", SHIPPED)
def test_folders_with_a_damaged_file_load_without_an_exception(file: str, data: Path) -> None:
    content = (data / file).read_bytes()
    for damaged in mutants(content, random.Random("folder " + file), 12):
        (data / file).write_bytes(damaged)
        loaded = load(data)
        report = run(loaded.dataset, TODAY)
        for finding in (*loaded.findings, *report.findings):
            mark = finding.mark or loaded.mark(finding.place)
            assert mark.line >= 1
            assert mark.column >= 1
