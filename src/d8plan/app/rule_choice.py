"""Which rules a command is asked for, by codes and families."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from d8plan.app.errors import USAGE, CommandError
from d8plan.models.findings import Rule
from d8plan.text.message import M
from d8plan.text.names import nearest


def asked_for(catalogue: dict[str, Rule], select: Iterable[str], ignore: Iterable[str]) -> dict[str, Rule]:
    """Return the rules that ``select`` names, all where it names none, less those that ``ignore`` names.

    Each is a code or what codes begin with, in any case, or several with commas.
    """
    selected, ignored = _named(catalogue, select), _named(catalogue, ignore)
    return {
        code: rule for code, rule in catalogue.items() if (not selected or code in selected) and code not in ignored
    }


def _named(catalogue: Collection[str], given: Iterable[str]) -> set[str]:
    codes: set[str] = set()
    for option in given:
        wanted = [part.strip().upper() for part in option.split(",")]
        # A comma at the end is no fault; an option that names nothing is.
        for prefix in [part for part in wanted if part] or [""]:
            found = [code for code in catalogue if prefix and code.startswith(prefix)]
            if not found:
                raise _unknown(prefix, catalogue)
            codes.update(found)
    return codes


def _unknown(wanted: str, catalogue: Collection[str]) -> CommandError:
    """Return the error for what no code begins with: the nearest codes, those of its family, or the families."""
    close = nearest(wanted, catalogue, most=3)
    family = [code for code in catalogue if code[0] == wanted[:1]]
    families = list(dict.fromkeys(code[0] for code in catalogue))
    known = tuple(close or family or families)
    return CommandError(
        M("There is no rule “{code}”", code=wanted),
        USAGE,
        M("Did you mean: {names}", names=known) if close else M("There are: {names}", names=known),
    )
