"""`make demo`: partners go through their whole life over HTTP, then the outside systems are checked."""
