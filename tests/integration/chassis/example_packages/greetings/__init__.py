"""A service of a few lines, run as processes by the tests."""
