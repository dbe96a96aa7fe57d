"""The pages for invited people: made on the server, usable without scripts and by keyboard."""
