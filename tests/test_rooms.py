"""The house stays as CONTRIBUTING draws it."""

from __future__ import annotations

import rooms


def test_the_drawing_is_that_of_the_contract() -> None:
    text = rooms.CONTRIBUTING.read_text(encoding="utf-8")
    assert text.count("<!-- rooms -->") == 1
    assert rooms.with_drawing(text) == text, "run: python tools/rooms.py"


def test_every_package_is_a_room_and_few_know_each_other() -> None:
    packages = {path.parent.name for path in rooms.SOURCE.glob("*/__init__.py")}
    assert packages == {room for layer in rooms.layers() for room in layer}
    assert len(rooms.layers()) <= 9
    assert len(rooms.dependencies()) <= 70
