"""The pages for partners: made on the server, usable without scripts and by keyboard."""
