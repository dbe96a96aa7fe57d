"""What this machine offers: processes, ports, files, logs."""
