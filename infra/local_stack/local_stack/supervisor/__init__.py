"""Keeping the processes of a stack running, and telling how they are."""
