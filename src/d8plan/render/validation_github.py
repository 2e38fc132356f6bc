"""``validate`` as GitHub workflow commands: annotations on the lines of a pull request."""

from __future__ import annotations

from d8plan.findings import Located, Severity
from d8plan.language import Language
from d8plan.message import Amount, M
from d8plan.render.outcome import Outcome
from d8plan.wording import citation, difference

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render(outcome: Outcome, language: Language) -> str:
    """Return a workflow command a finding and a known exception, then a line of counts."""
    lines = [_command(item, "", language) for item in outcome.findings]
    lines += [_command(item.located, item.reason, language) for item in outcome.accepted]
    proof = outcome.proof
    lines.append(
        language.say(
            M(
                "{figures} figures and {statements} statements proven, {known} known exceptions",
                figures=Amount(proof.figures_proven),
                statements=Amount(proof.statements_proven),
                known=len(outcome.accepted),
            )
        )
    )
    return "\n".join(lines) + "\n"


def _command(item: Located, reason: str, language: Language) -> str:
    finding = item.finding
    told = [language.say(finding.message)]
    if finding.stated is not None:
        told += [
            f"{language.say(label)}: {_value(value, finding.unit_of_measure, language)}"
            for label, value in ((M("Stated"), finding.stated), (M("Computed"), finding.computed))
        ]
        told.append(f"{language.say(M('Difference'))}: {language.say(difference(finding))}")
    if finding.cited:
        told.append(language.say(citation(finding.cited)))
    told.append(reason or language.say(finding.action))
    properties = {
        "file": item.file,
        "line": item.mark.line,
        "col": item.mark.column,
        "title": f"{finding.rule.code} {finding.rule.name}",
    }
    shown = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    return f"::{_COMMANDS[finding.severity]} {shown}::{_data(chr(10).join(told))}"


def _value(value: int | str | None, measure: str, language: Language) -> str:
    return language.amount(Amount(value, measure)) if isinstance(value, int) else language.show(value)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
