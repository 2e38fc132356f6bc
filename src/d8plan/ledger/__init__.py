"""The ledger: every figure once, and every total that a document states about them.

All sums of d8plan are made here: a view asks for a selection of figures and for its total.
"""
