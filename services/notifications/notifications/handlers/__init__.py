"""The use cases; a handler works inside an open transaction and never commits."""
