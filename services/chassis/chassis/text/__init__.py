"""One canonical form per kind of text that people type, by Unicode's and the registries' own data.

What was typed is what is shown; these forms are for comparing: at the door, in searches and lists, in mails.
"""
