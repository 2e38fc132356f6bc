"""Editing single values of YAML: the lines that are meant change, and no other byte of the file."""

from __future__ import annotations

import copy
import difflib
import itertools
import random
import unicodedata
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import DATA

from d8plan.storage.data.splice import splice
from d8plan.storage.data.strict_yaml import YamlSource, read
from d8plan.storage.data.yaml_text import EditError, written

Keys = tuple[str | int, ...]
CASES = Path(__file__).resolve().parent / "cases" / "yaml"
SHIPPED = sorted(DATA.rglob("*.yaml"))
REFUSED = sorted(CASES.glob("Y*/*.yaml"))
ACCEPTED = sorted((CASES / "accepted").glob("*.yaml"))
VALUES: tuple[Any, ...] = (
    0, 7, 16035756260, -3, None, True, "Tổ truyền thông", "57", "null", "no: colon", "a # b", "#", "", " x ", "'", '"',
    "16.035", "2024-07-15", "- x", "{a}", "[a]", "a\\b", "hai\ndòng", "Ho\u0300a",
    {"old": 5, "new": None},    {"province": None, "district": 2}, {},
)  # fmt: skip
INSERTED = ("new", "mới", "moi\u0301", "#x", "/a/b#c", "-", "null", "57", "a b", "x: y", "?", "'", "…", "&a", "*", "!t")


def composed(value: Any) -> Any:
    """Return data as the reader gives it: text in its composed form."""
    if isinstance(value, dict):
        return {unicodedata.normalize("NFC", key): composed(one) for key, one in value.items()}
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


def with_values(data: Any, changes: dict[Keys, Any]) -> Any:
    changed = copy.deepcopy(data)
    for path, value in changes.items():
        held = changed
        for key in path[:-1]:
            held = held[key]
        held[path[-1]] = composed(value)
    return changed


def exact(one: Any, other: Any) -> bool:
    """Tell equal data, in which 1 and true differ."""
    return bool(one == other) and repr(one).replace("True", "1") == repr(other).replace("True", "1")


def places(data: Any, above: Keys = ()) -> tuple[list[Keys], list[Keys]]:
    """Return the paths of all single values, and of all mappings."""
    if not isinstance(data, dict | list):
        return [above], []
    singles: list[Keys] = []
    mappings = [above] if isinstance(data, dict) else []
    for key, value in data.items() if isinstance(data, dict) else enumerate(data):
        one, other = places(value, (*above, key))
        singles, mappings = singles + one, mappings + other
    return singles, mappings


def only_put_in(before: bytes, after: bytes) -> bytes:
    """Return what was put in; fail where any other byte is not as it was."""
    start = sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False)))
    for at in range(start, -1, -1):
        rest = len(before) - at
        if before[at:] == after[len(after) - rest :]:
            return after[at : len(after) - rest]
    pytest.fail(f"more than an entry was put in: {before!r} {after!r}")


# --- Files as people write them.


class Piece(NamedTuple):
    start: int
    end: int


class Writer:
    """Writes made-up data in every layout that people and their editors use, and notes where values stand."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.end = chance.choice(("\n", "\n", "\r\n", "\r"))
        self.text = ""
        self.values: dict[Keys, Piece] = {}

    def file(self) -> bytes:
        for _ in range(self.chance.randrange(3)):
            self.text += self.chance.choice(("# Phụ lục I: số {liệu}", "", "#", "# 'x' \"")) + self.end
        if self.chance.random() < 0.1:
            self.text += "---" + self.end
        self.block((), 0)
        if self.chance.random() < 0.3:
            self.text += "# hết" + self.end
        if self.chance.random() < 0.3:
            self.text = self.text.removesuffix(self.end)
        return ("\ufeff" * (self.chance.random() < 0.3) + self.text).encode()

    def block(self, path: Keys, indent: int) -> None:
        step = self.chance.choice((2, 2, 3, 4, 1))
        for key in self.keys(4):
            inside = (*path, unicodedata.normalize("NFC", key))
            self.between(indent)
            self.text += " " * indent + self.key(key) + self.chance.choice((":", ":", " :"))
            kind = self.chance.random()
            if kind < 0.35 and len(path) < 3:
                self.line_end()
                self.block(inside, indent + step)
            elif kind < 0.45:
                self.line_end()
                for index in range(self.chance.randrange(1, 3)):
                    self.text += " " * (indent + self.chance.choice((step,))) + "- "
                    self.scalar((*inside, index), flow=False)
                    self.line_end()
            else:
                self.text += self.chance.choice((" ", " ", "    "))
                if kind < 0.6:
                    self.flow(inside, indent + 1)
                else:
                    self.scalar(inside, flow=False)
                self.line_end()

    def between(self, indent: int) -> None:
        while self.chance.random() < 0.15:
            self.text += self.chance.choice(("", "   ", "# giữa", " " * indent + "# 5: {a: 6}")) + self.end

    def line_end(self) -> None:
        self.text += self.chance.choice(("", "", "", "   ", " # ghi chú: 5 {a: 5}", "  #")) + self.end

    def flow(self, path: Keys, indent: int) -> None:
        over_lines = self.chance.random() < 0.3
        is_list = self.chance.random() < 0.2
        self.text += "[" if is_list else "{"
        names = self.keys(3, least=0)
        for position, key in enumerate(names):
            if position:
                self.text += self.chance.choice((",", ", ", " , "))
            if over_lines:
                self.text += self.chance.choice(("", " # ở {giữa}, 5")) + self.end + " " * (indent + 2)
            inside = (*path, position if is_list else unicodedata.normalize("NFC", key))
            if not is_list:
                self.text += self.key(key) + self.chance.choice((": ", ":  "))
            if self.chance.random() < 0.2 and len(path) < 4:
                self.flow(inside, indent + 2)
            else:
                self.scalar(inside, flow=True)
        if names and self.chance.random() < 0.15:
            self.text += ","
        if over_lines:
            self.text += self.chance.choice(("", " # cuối")) + self.end + " " * (indent + 1)
        self.text += self.chance.choice(("", "", " ")) + ("]" if is_list else "}")

    def keys(self, most: int, least: int = 1) -> list[str]:
        pool = [
            "bao-lac",
            "target",
            "Bảo Lạc",
            "ha\u0300-lang",
            "a#b",
            "x/y",
            "2024",
            "#k",
            "a: b",
            "null",
            "ngày 5",
            "'q'",
        ]
        return self.chance.sample(pool, self.chance.randrange(least, most + 1))

    def key(self, key: str) -> str:
        if key in ("#k", "a: b", "'q'", "null") or self.chance.random() < 0.2:
            return f'"{key}"' if self.chance.random() < 0.5 else "'" + key.replace("'", "''") + "'"
        return key

    def scalar(self, path: Keys, *, flow: bool) -> None:
        raw = self.chance.choice(
            ("0", "5", "81891718578", "null", "true", "-4", "'6'", '"7"', "''", '"a # b"', "'it''s {x}'", "chữ thường",
             '"\\u0110\\"x"', "x-y/z", "2024-03-20", "Ho\u0300a An", "'a: b'")
        )  # fmt: skip
        if not flow and self.chance.random() < 0.05:
            raw = f"hai{self.end}{20 * ' '}dòng chữ"
        self.values[path] = Piece(len(self.text), len(self.text) + len(raw))
        self.text += raw


def edit_made_up(seed: int) -> int:
    """Edit a made-up file and look at every byte; return how many edits were made."""
    chance = random.Random(seed)
    writer = Writer(chance)
    content = writer.file()
    source = read(content)
    assert source.readable, (content.decode(), source.problems)
    assert not source.problems, (content.decode(), source.problems)
    mark = "\ufeff" * content.startswith("\ufeff".encode())
    changes = {
        path: chance.choice(VALUES)
        for path in chance.sample(list(writer.values), min(len(writer.values), chance.choice((1, 1, 1, 2, 5))))
    }
    made = 0
    if changes:
        expected = writer.text
        for path, piece in sorted(((path, writer.values[path]) for path in changes), key=lambda one: -one[1].start):
            expected = expected[: piece.start] + written(composed(changes[path])) + expected[piece.end :]
        after = splice(content, changes)
        assert after.decode() == mark + expected
        assert exact(read(after).data, with_values(source.data, changes))
        made += 1
    above = chance.choice(places(source.data)[1])
    held: Any = source.data
    for key in above:
        held = held[key]
    new = (*above, unicodedata.normalize("NFC", chance.choice(INSERTED)))
    if new[-1] not in held:
        value = chance.choice(VALUES)
        after = splice(content, {new: value})
        put_in = only_put_in(content, after)
        assert written(composed(value)).encode() in put_in
        assert exact(read(after).data, with_values(source.data, {new: value}))
        made += 1
    return made


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**40))
def test_made_up_files_in_odd_layouts(seed: int) -> None:
    edit_made_up(seed)


def typed_at(source: YamlSource, path: Keys) -> str:
    """Return the character that a value begins with."""
    line, column, _ = source.locate(path)
    return source.lines[line - 1][column - 1]


def edit_shipped(path: Path, chance: random.Random) -> None:
    """Change values of a shipped file, with the line ends and mark of some editor."""
    content = path.read_bytes()
    if chance.random() < 0.5:
        content = content.replace(b"\n", b"\r\n")
    if chance.random() < 0.3:
        content = "\ufeff".encode() + content
    if chance.random() < 0.3:
        content = content.rstrip()
    source = read(content)
    singles, mappings = places(source.data)
    # Text over several lines is not replaced; figures are on one.
    singles = [one for one in singles if typed_at(source, one) not in ">|"]
    changes = {one: chance.choice(VALUES) for one in chance.sample(singles, chance.choice((1, 1, 2, 9)))}
    after = splice(content, changes)
    assert exact(read(after).data, with_values(source.data, changes))
    meant = {source.locate(one).line for one in changes}
    before_lines, after_lines = content.split(b"\n"), after.split(b"\n")
    assert len(before_lines) == len(after_lines)
    changed = {
        number for number, pair in enumerate(zip(before_lines, after_lines, strict=True), 1) if pair[0] != pair[1]
    }
    assert changed <= meant
    above = chance.choice(mappings)
    put_in = splice(content, {(*above, "moi-them"): 5})
    assert only_put_in(content, put_in).strip(b" ,\r\n") == b"moi-them: 5"
    told = list(difflib.ndiff(content.decode().splitlines(), put_in.decode().splitlines()))
    assert sum(line.startswith("+ ") for line in told) == 1
    assert sum(line.startswith("- ") for line in told) <= 1


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.relative_to(DATA).as_posix())
def test_shipped_files(path: Path) -> None:
    chance = random.Random(path.name)
    for _ in range(6):
        edit_shipped(path, chance)


@pytest.mark.parametrize("path", [*REFUSED, *ACCEPTED], ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_file_of_the_corpus_is_edited_exactly_or_refused(path: Path) -> None:
    content = path.read_bytes()
    source = read(content)
    singles, mappings = places(source.data)
    for one in [*filter(None, singles), *((*above, "moi-them") for above in mappings), ("x",), ("x", "y"), ("a", 0)]:
        try:
            after = splice(content, {one: 5})
        except EditError:
            continue
        assert not source.problems
        assert exact(read(after).data, with_values(source.data, {one: 5}))


# --- By hand.


@pytest.mark.parametrize(
    ("before", "path", "value", "after"),
    [
        ("a: 5 # năm\n", ("a",), 6, "a: 6 # năm\n"),
        ("a: '5'   # năm\r\nb: 1", ("a",), "6", 'a: "6"   # năm\r\nb: 1'),
        ("\ufeffa: {b: 5, c: 6}", ("a", "c"), None, "\ufeffa: {b: 5, c: null}"),
        ("a: null # trống\n", ("a",), {"x": None, "y": 2}, "a: {x: null, y: 2} # trống\n"),
        ("a:\n  b: 1 # một\n# hai\nc: 2\n", ("a", "x"), 3, "a:\n  b: 1 # một\n  x: 3\n# hai\nc: 2\n"),
        ("a:\n    b: 1\r\n\r\nc: 2", ("a", "x"), 3, "a:\n    b: 1\r\n    x: 3\r\n\r\nc: 2"),
        ("a: 1\rb: 2\r", ("x",), 3, "a: 1\rb: 2\rx: 3\r"),
        ("a: 1\r\nb: 2", ("x",), 3, "a: 1\r\nb: 2\r\nx: 3"),
        ("a: 1", ("x",), 3, "a: 1\nx: 3"),
        ("a: {}\n", ("a", "x"), 3, "a: {x: 3}\n"),
        ("a: { b: 1 }\n", ("a", "x"), 3, "a: { b: 1, x: 3 }\n"),
        ("a: {b: 1,}\n", ("a", "x"), 3, "a: {b: 1, x: 3,}\n"),
        ("a: {b: 1 # }, một\n }\n", ("a", "x"), 3, "a: {b: 1, x: 3 # }, một\n }\n"),
        ("a: 1\n", ("#x",), "y", 'a: 1\n"#x": y\n'),
        ("a: 1\n", ("f.yaml#/x/y",), 1, "a: 1\nf.yaml#/x/y: 1\n"),
        ("a: 1\n...\n", ("b",), 2, "a: 1\nb: 2\n...\n"),
        ("a:\n- 1\n- 2\n", ("a", 1), 5, "a:\n- 1\n- 5\n"),
        ("a: [1, 2]\n", ("a", 0), 5, "a: [5, 2]\n"),
    ],
)  # fmt: skip
def test_exact_bytes(before: str, path: Keys, value: Any, after: str) -> None:
    assert splice(before.encode(), {path: value}) == after.encode()


@pytest.mark.parametrize(
    ("content", "path"),
    [
        ("a: {b: 1}\n", ("a",)),
        ("a: [1]\n", ("a",)),
        ("a: 1\n", ()),
        ("a: 1\n", ("x", "y")),
        ("a: 1\n", ("a", "y")),
        ("a: [1]\n", ("a", 1)),
        ("a: [1]\n", ("a", "x")),
        ("a: 1\na: 2\n", ("a",)),
        ("a: &x 1\nb: *x\n", ("a",)),
        ("a: 16,035\n", ("a",)),
        ("a: 1\n--- b\n", ("a",)),
        ("a:\n", ("a",)),
        ("", ("a",)),
        ("# nothing\n", ("a",)),
        ("a: |\n  x\n  y\nb: 1\n", ("a",)),
    ],
)
def test_what_cannot_be_located_is_refused(content: str, path: Keys) -> None:
    with pytest.raises(EditError):
        splice(content.encode(), {path: 5})


@pytest.mark.parametrize(
    "content", [b"a: \xff\n", "a: 1\n".encode("utf-16"), b"a:\t1\n", b"\0", b"a: 1 " + b" " * 2_000_000]
)
def test_a_file_that_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(EditError):
        splice(content, {("a",): 5})


@pytest.mark.parametrize("value", ["\x1b[31m", "a\u202eb", "\ud800", "\ufeff", "x" + "\u0301" * 60])
def test_text_that_must_not_stand_in_a_file_is_refused(value: str) -> None:
    with pytest.raises(EditError):
        splice(b"a: 1\n", {("a",): value})
