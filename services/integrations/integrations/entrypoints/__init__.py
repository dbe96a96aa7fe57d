"""Where the outside enters: HTTP, events, jobs, the command line."""
