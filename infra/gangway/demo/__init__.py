"""`make demo`: partners go through the whole life over the public HTTP interfaces, then the outside is checked."""
