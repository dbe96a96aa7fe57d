"""How many examples a property is tried with."""

from hypothesis import settings

settings.register_profile("quick", settings.get_profile("default"))


def examples(number: int) -> int:
    """Return the number, or a tenth of it in `make check`: `make test` tries them all."""
    return max(number // 10, 10) if settings.get_current_profile_name() == "quick" else number
