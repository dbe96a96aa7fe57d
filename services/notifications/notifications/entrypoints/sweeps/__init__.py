"""What the worker checks for things that are due, one transaction each."""
