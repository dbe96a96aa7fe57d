"""Integrators, endpoints and deliveries as plain rules."""
