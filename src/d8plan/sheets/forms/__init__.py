"""Forms in which units report: laid out here, and read back by the same rows and fields."""

from __future__ import annotations

from d8plan.sheets.forms.form_rows import Form, FormRow, form
from d8plan.sheets.forms.layout import book

__all__ = ["Form", "FormRow", "book", "form"]
