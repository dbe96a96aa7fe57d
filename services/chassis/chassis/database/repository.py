"""What a service keeps in its database, as one transaction sees it."""

from sqlalchemy import Connection


class Repository:
    """Services derive one for each thing they keep (`SqlPartners`), behind a port of their handlers."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
