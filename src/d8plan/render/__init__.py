"""Results as text, in every output format."""
