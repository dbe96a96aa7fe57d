"""The services' operator APIs as Python: what the command line and the console ask and do."""
