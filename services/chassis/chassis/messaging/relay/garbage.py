"""How often Python looks for cycles, in processes that move many small objects."""

import gc

# Records on their way are some thousands of objects each second that live until the broker answers.
# By default all of them, and all modules, are gone through again and again: a third of the relay's time.
OBJECTS_BEFORE_A_LOOK = 50_000


def collect_rarely() -> None:
    """Leave out what is there now, which is modules mostly, and look at the rest less often.

    Call it once, before the work begins. Memory grows by what waits for a look: a few MiB.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_BEFORE_A_LOOK, 20, 20)
