"""Pages about the project that are made from it: no page of a user's own results."""
