"""How a service's processes run: command line, worker, logs, metrics."""
