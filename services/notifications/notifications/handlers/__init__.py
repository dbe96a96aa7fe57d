"""What is done when a fact arrives, a mail is due, or a person answers."""
