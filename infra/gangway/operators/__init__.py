"""What operators do from the command line, over the services' public HTTP APIs only."""
