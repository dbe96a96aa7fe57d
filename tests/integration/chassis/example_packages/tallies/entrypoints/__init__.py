"""The processes of the example."""
