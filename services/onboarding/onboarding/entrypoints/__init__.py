"""Where the outside enters: HTTP, events, jobs."""
