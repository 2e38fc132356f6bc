"""Workbook files: the only part that knows the Excel libraries."""
