"""Workbooks as values, and what is read back from them."""
