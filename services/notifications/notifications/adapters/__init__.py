"""Where the words meet the world: tables, mail servers, templates, files, wire formats."""
