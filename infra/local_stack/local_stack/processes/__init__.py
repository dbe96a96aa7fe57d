"""The processes of a stack: what each needs, and how it is started."""
