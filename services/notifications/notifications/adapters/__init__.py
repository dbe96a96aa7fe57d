"""Adapters: tables, mail servers, templates, files, wire formats."""
