"""Places in a data folder, and the one notation for them: ``budget.yaml#/totals/granted/amount``."""

from __future__ import annotations

import re
from typing import NamedTuple

PLANS = "plans"
"""Folder of the plans' folders."""
KeyPath = tuple[str | int, ...]
"""The keys that lead to a value of a file."""
_CHANGE = re.compile(r"/changes/(?P<pointer>.*)/(?P<side>old|new)")


class Place(NamedTuple):
    """A symbolic place: a file of the data folder and the keys that lead to a value.

    It becomes a line and a column only when it is shown.
    """

    file: str
    keys: KeyPath = ()
    of_key: bool = False
    """Whether the key itself is meant, not its value."""

    @classmethod
    def parse(cls, pointer: str, plan: str | None = None) -> Place:
        """Return the place that a pointer names in the folder of ``plan``, or in the data folder itself."""
        name, _, path = pointer.partition("#")
        file = f"{PLANS}/{plan}/{name}" if plan else name
        if change := _CHANGE.fullmatch(path):  # an amendment's keys are pointers
            return cls(file, ("changes", change["pointer"], change["side"]))
        return cls(file, tuple(path.split("/")[1:]))

    def below(self, *keys: str | int, of_key: bool = False) -> Place:
        """Return a place below this one."""
        return Place(self.file, (*self.keys, *keys), of_key)

    def key(self) -> Place:
        """Return the same place, where the key itself is meant."""
        return self._replace(of_key=True)

    def pointer(self) -> str:
        """Return ``file#/key/key``, without the folders of the file."""
        return f"{self.file.rpartition('/')[2]}#/" + "/".join(map(str, self.keys))

    def full_pointer(self) -> str:
        """Return ``folder/file#/key/key``, from the data folder."""
        return f"{self.file}#/" + "/".join(map(str, self.keys))

    @property
    def plan(self) -> str | None:
        """The plan in whose folder the file lies; None for the files that plans share."""
        return plan_of(self.file)


class Mark(NamedTuple):
    """A concrete place in a file: 1-based line and column, and how many characters it spans."""

    line: int
    column: int
    width: int = 1


def plan_of(file: str) -> str | None:
    """Return the plan in whose folder a file of the data folder lies; None for other files."""
    folder, _, below = file.partition("/")
    return below.partition("/")[0] if folder == PLANS and below else None
