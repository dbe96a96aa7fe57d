"""What happens on an event, a command, a job."""
