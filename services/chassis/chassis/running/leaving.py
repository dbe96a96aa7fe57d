"""Whether this process is shutting down: a job of many steps asks between two of them.

while self._move(grant_id):
    if leaving.is_set(): ...                    # leave the rest to a job, and return
"""

import threading

leaving = threading.Event()
