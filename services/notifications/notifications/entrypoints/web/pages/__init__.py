"""The pages for invited people: rendered on the server, usable without scripts and by keyboard."""
