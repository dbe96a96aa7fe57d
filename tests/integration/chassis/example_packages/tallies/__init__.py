"""A service that counts what it hears and answers it with an event and a job; for the tests."""
