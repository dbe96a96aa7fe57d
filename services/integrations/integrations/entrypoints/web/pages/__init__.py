"""The pages for engineers who integrate: made on the server, usable without scripts and by keyboard."""
