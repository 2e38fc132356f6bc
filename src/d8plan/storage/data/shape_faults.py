"""Tell people what is wrong with the shape of a file's data."""

from __future__ import annotations

import re
from typing import Any

from d8plan.models.bounds import NO_BOUND
from d8plan.models.findings import Rule
from d8plan.models.places import Place
from d8plan.storage.data import rules
from d8plan.storage.data.salvage import Fault
from d8plan.text.exact import MOST_DIGITS, ExactNumber
from d8plan.text.message import M, Message
from d8plan.text.names import fold


def explain(file: str, fault: Fault) -> tuple[Rule, Message, Place, Message]:
    """Return the rule that a fault of a file breaks, what is wrong, where, and what to do."""
    message, action = _explain(fault)
    if fault.type == "extra_forbidden":
        return rules.UNKNOWN_KEY, message, Place(file, fault.path, of_key=True), action
    if fault.type == "missing":
        return rules.MISSING_KEY, message, Place(file, fault.path[:-1], of_key=True), action
    return rules.WRONG_VALUE, message, Place(file, fault.path, of_key=fault.of_key), action


def about(place: Place) -> dict[str, Any]:
    """Return the indicator, unit and level of a place in allocations.yaml."""
    if not place.file.endswith("/allocations.yaml") or place.keys[:1] != ("indicators",):
        return {}
    of_unit = place.keys[2:3] == ("units",)
    fields = {"indicator": place.keys[1:2], "unit": place.keys[3:4] if of_unit else (), "level": place.keys[4:5]}
    return {field: str(keys[0]) for field, keys in fields.items() if keys and (field != "level" or of_unit)}


def _explain(fault: Fault) -> tuple[Message, Message]:
    """Return what is wrong with a value or key and what to write instead."""
    context = fault.context
    if fault.type == "extra_forbidden":
        listed = M("Known here: {keys}", keys=", ".join(context["known"]))
        action = M("Did you mean “{id}”?", id=context["meant"]) if context["meant"] else listed
        return M("“{key}” is not a key of this place", key=str(fault.path[-1])), action
    if fault.type == "missing":
        key = str(fault.path[-1])
        return M("“{key}” is missing", key=key), M("Add “{line}”", line=f"{key}: …")
    given = (
        M("{value}", value=str(fault.given)) if isinstance(fault.given, str | ExactNumber) else M("a group of values")
    )
    if fault.given is None:
        given = M("null")
    if fault.given is None and not fault.path:
        return M("The file is empty"), M("Restore it from git, or start it from the file of another plan")
    message = M("“{value}” does not belong here", value=given)
    if fault.type in ("int_type", "int_parsing"):
        return message, M("Write a whole number with digits alone, without a unit of measure")
    if fault.type in ("greater_than_equal", "less_than_equal"):
        bound = context.get("ge", context.get("le"))
        if fault.type == "greater_than_equal":
            return message, M("Write a whole number from {least} up", least=bound)
        return message, M("Write a whole number of at most {most}", most=bound)
    if fault.type in ("decimal_max_digits", "decimal_whole_digits"):
        return message, M("Write a number of at most {most} digits", most=MOST_DIGITS)
    if fault.type in ("string_type", "string_too_short"):
        return message, M("Write text; in quotes where it could be read as a number")
    if fault.type in ("literal_error", "enum"):
        return message, M("Write one of: {values}", values=", ".join(re.findall("'([^']*)'", context["expected"])))
    if fault.type == "string_pattern_mismatch":
        slug = re.sub(r"[^a-z0-9]+", "-", fold(str(fault.given))).strip("-")
        if re.fullmatch(context["pattern"], slug):
            return message, M("Did you mean “{id}”?", id=slug)
        return message, M("Write it in the form {pattern}", pattern=context["pattern"])
    if fault.type == "value_error":
        if isinstance(fault.given, list):
            return M("An entry of this list stands twice"), M("Write each once")
        return message, M("Write a date as YYYY-MM-DD")
    if fault.type == NO_BOUND:
        kinds = "at_least, more_than, at_most, less_than, between: [28, 30], about"
        return M("This says no bound, or two"), M("Write one of: {values}", values=kinds)
    if fault.type == "too_short":
        return M("The list is empty"), M("Name at least one, or leave the key out")
    if fault.type == "list_type":
        return message, M("Write a list: {example}", example="[…, …]")
    return message, M("Write a mapping: {example}", example="{key: value}")
