"""Why no service can be reached at all; every failure of finding access is one."""


class NoAccess(Exception):
    """Nobody said where a service is, or with which token; the message says how to."""
