"""A verb per file, or a noun with a few; a handler works inside an open transaction and never commits."""
