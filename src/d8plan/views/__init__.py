"""Tables of values for people: summary, progress, comparison, status, page, long form."""
