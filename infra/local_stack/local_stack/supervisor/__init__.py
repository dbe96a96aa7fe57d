"""Keeps the processes of a stack running, and reports their state."""
