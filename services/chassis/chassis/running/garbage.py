"""Fewer runs of Python's garbage collector: what a process loads at its start stays for as long as it lives.

A start without it takes a sixth less of the processor: `__main__` of each service switches it off before the
imports, and a process has it again, at longer intervals, from the moment that its work begins.
"""

import gc

# Records in flight are some thousands of objects each second that live until the broker acknowledges them.
# By default the collector traverses all of them, and all modules, again and again: a third of a relay's time,
# and a twentieth of a worker's, which has the models of AWS in memory.
ALLOCATIONS_BEFORE_COLLECTION = 50_000


def collect_rarely() -> None:
    """Exempt existing objects, which are mostly modules, and collect the others less often.

    Call it once, before the work begins. Memory grows by the garbage not yet collected: a few MiB.
    """
    gc.freeze()
    gc.set_threshold(ALLOCATIONS_BEFORE_COLLECTION, 20, 20)
    gc.enable()
