"""d8plan keeps a public plan as data and proves that its totals follow from its parts."""

__version__ = "0.1.0"
