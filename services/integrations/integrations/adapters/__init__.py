"""Adapters of the ports: tables, HTTP, addresses, contracts, wire formats."""
