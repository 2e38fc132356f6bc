"""Messages, languages, names in any spelling, numbers as people type them."""
