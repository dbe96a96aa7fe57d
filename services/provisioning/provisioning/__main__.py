"""``python -m provisioning <process>``."""
