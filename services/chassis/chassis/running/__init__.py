"""The processes of a service, and what runs them."""
