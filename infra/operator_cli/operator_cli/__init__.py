"""The `gangway` command: the services' operator APIs from a terminal."""
