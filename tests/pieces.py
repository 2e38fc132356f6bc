"""Pieces of the text of a data folder's files, and changes of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from d8plan.models.findings import Severity
from d8plan.storage.data import positions, strict_yaml

Keys = tuple[str | int, ...]


class Piece(NamedTuple):
    """A piece of a file's text: a value, a key, or an entry."""

    file: str
    keys: Keys
    start: int
    """Characters before it in the file."""
    typed: str
    """As the file has it, with its quotes."""
    line: int

    @property
    def digits(self) -> str:
        """Return a number without the quotes that JSON gives it."""
        return self.typed.strip('"')


class Edit(NamedTuple):
    """A piece and what is written in its place."""

    piece: Piece
    new: str


class Region(NamedTuple):
    """Lines of a file, the first and the last."""

    file: str
    first: int
    last: int

    def holds(self, file: str, line: int) -> bool:
        """Tell whether a line is one of them."""
        return file == self.file and self.first <= line <= self.last


class Change(NamedTuple):
    """What is written or deleted at once, and where it has to be found."""

    kind: str
    edits: tuple[Edit, ...]
    near: tuple[Region, ...] = ()
    """It is found where something is told within any of these; where there are none, at each of its edits."""
    deleted: tuple[str, ...] = ()
    """Files; what is gone has no line, and may be missed anywhere."""
    least: Severity = Severity.ERROR
    """How much what is told must matter."""
    sealed: bool = False
    """Whether the folder has to be sealed: it is judged as by ``validate --require-sealed``."""

    @property
    def file(self) -> str:
        """Return the file that is changed; the one with the seal of the number where both are."""
        return self.edits[-1].piece.file if self.edits else self.deleted[-1]

    def files(self) -> list[str]:
        """Return every file that it touches."""
        return list(dict.fromkeys([*(edit.piece.file for edit in self.edits), *self.deleted]))

    def told(self) -> str:
        """Return it as a line to read: place, old and new."""
        edits = [f"{n.file}:{n.line} {_short(n.typed)} → {_short(new)}" for n, new in self.edits]
        return ", ".join([*edits, *(f"{file} deleted" for file in self.deleted)])


def _short(text: str) -> str:
    return " ".join(text.split())


class Page:
    """A file of a data folder: its data, and the piece of text that each value of it is."""

    def __init__(self, file: str, content: bytes) -> None:
        """Read the file's content; ``data`` is empty where it holds none."""
        source = strict_yaml.read(content)  # JSON is YAML too
        self.file, self.text, self.root = file, source.text, source.root
        self.data: dict[str, Any] = source.data if isinstance(source.data, dict) else {}

    def nodes(self) -> Iterator[tuple[Keys, positions.Node]]:
        """Yield every value with the keys that lead to it, in no order."""
        stack: list[tuple[Keys, positions.Node]] = [((), self.root)] if self.root else []
        while stack:
            keys, node = stack.pop()
            stack += [((*keys, key), child) for key, child in node.children.items()]
            yield keys, node

    def value(self, *keys: str | int) -> Piece:
        """Return the piece that is a value."""
        node = self._node(keys)
        return self._piece(keys, node.start.start_mark.index, self._end(node))

    def key(self, *keys: str | int) -> Piece:
        """Return the piece that is the last of the keys itself."""
        node = self._node(keys)
        return self._piece(keys, node.key.start_mark.index, node.key.end_mark.index)

    def entry(self, *keys: str | int) -> Piece:
        """Return the piece that is a key with its value, or an item of a list."""
        node = self._node(keys)
        return self._piece(keys, (node.key or node.start).start_mark.index, self._end(node))

    def region(self, *keys: str | int) -> Region:
        """Return the lines of an entry."""
        piece = self.entry(*keys)
        return Region(self.file, piece.line, piece.line + piece.typed.count("\n"))

    def put(self, new: object, *keys: str | int) -> Edit:
        """Return the edit that writes another value."""
        return Edit(self.value(*keys), json.dumps(new, ensure_ascii=False))

    def _node(self, keys: Keys) -> positions.Node:
        node = self.root
        for key in keys:
            assert node is not None
            node = node.children[key]
        assert node is not None
        return node

    def _end(self, node: positions.Node) -> int:
        """Return where a value ends: what the parser tells of the end of a block is where the next thing begins."""
        if node.children and not node.start.flow_style:
            return max(map(self._end, node.children.values()))
        start: int = node.start.start_mark.index
        end: int = node.end.end_mark.index
        return start + len(self.text[start:end].rstrip())

    def _piece(self, keys: Keys, start: int, end: int) -> Piece:
        return Piece(self.file, keys, start, self.text[start:end], self.text.count("\n", 0, start) + 1)


def pages(folder: Path) -> dict[str, Page]:
    """Return every file of a folder that holds data, seals included, by its name."""
    names = sorted(
        path.relative_to(folder).as_posix() for pattern in ("*.yaml", "seal.json") for path in folder.rglob(pattern)
    )
    return {name: Page(name, (folder / name).read_bytes()) for name in names}
