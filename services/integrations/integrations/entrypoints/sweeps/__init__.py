"""What the worker looks through for what is due, one transaction for each."""
