"""``validate`` as GitHub workflow commands: annotations on the lines of a pull request."""

from __future__ import annotations

from d8plan.models.findings import Located, Severity
from d8plan.render.outcome import Outcome, UnreadFolder
from d8plan.render.phrases import NOT_READ, finding_lines, left_out
from d8plan.render.report_writers import ReportWriter
from d8plan.text.message import Amount, M
from d8plan.text.names import inert

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


class GithubReport(ReportWriter):
    """A workflow command a finding and a known exception, then a line of counts; folder after folder."""

    for_service = True

    def add(self, judged: Outcome | UnreadFolder) -> str:
        """Return a folder's commands."""
        say = self.say
        if isinstance(judged, UnreadFolder):
            title = _property(say(NOT_READ))
            return f"::error title={title}::{_data(f'{judged.folder}: {say(judged.reason)}')}\n"
        lines = [self._command(located, "") for located in judged.findings]
        lines += [self._command(known.located, known.reason) for known in judged.accepted]
        proven = M(
            "{folder}: {figures} figures and {statements} statements proven, {known} known exceptions",
            folder=judged.folder,
            figures=Amount(judged.proof.figures_proven),
            statements=Amount(judged.proof.statements_proven),
            known=len(judged.accepted),
        )
        lines.append(inert(say(proven)))
        if judged.left_out:
            lines.append(say(left_out(judged.left_out)))
        return "\n".join(lines) + "\n"

    def end(self) -> str:
        """Return nothing: each folder is whole in itself."""
        return ""

    def _command(self, located: Located, reason: str) -> str:
        finding = located.finding
        properties = {
            "file": located.file,
            "line": located.mark.line,
            "col": located.mark.column,
            "title": f"{finding.rule.code} {finding.rule.name}",
        }
        listed = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
        text = "\n".join(finding_lines(located, self.language, reason))
        return f"::{_COMMANDS[finding.severity]} {listed}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
