"""One module per verb; a handler works inside an open transaction and never commits."""
