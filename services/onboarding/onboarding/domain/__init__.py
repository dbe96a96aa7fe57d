"""The partner and the rules of a partner's life; plain Python, nothing else."""
