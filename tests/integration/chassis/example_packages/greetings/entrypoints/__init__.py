"""Entry points of the example."""
