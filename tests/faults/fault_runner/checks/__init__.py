"""Pure functions: from the facts of a run to every difference between what was promised and what is."""
