"""`make demo`: partners go through the whole life over HTTP, then the outside is asked."""
