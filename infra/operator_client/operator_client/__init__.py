"""The services' operator APIs in Python, used by the command line and the console."""
