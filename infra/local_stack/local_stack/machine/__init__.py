"""The machine: processes, ports, files, logs."""
