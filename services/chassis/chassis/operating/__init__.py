"""Operators' commands, one file per thing that they look at."""
