"""Changes to a plan: figures, allocation, drafting, sealing."""
