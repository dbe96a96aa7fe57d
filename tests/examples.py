"""How many examples a property is tried with, and that none is timed: a busy machine is no fault."""

from hypothesis import settings

settings.register_profile("whole", deadline=None)
settings.register_profile("quick", deadline=None)
settings.load_profile("whole")


def examples(number: int) -> int:
    """Return the number, or a tenth of it in `make check`: `make test` tries them all."""
    return max(number // 10, 10) if settings.get_current_profile_name() == "quick" else number
