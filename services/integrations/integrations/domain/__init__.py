"""Rules of integrators, endpoints and deliveries; no framework."""
