"""Of several limits that refuse an act at once, the answer names when none of them does any more."""

from datetime import timedelta

from chassis.database.counted_acts import CountedKey, PerHour, refused_by


def test_the_longest_wait_is_told() -> None:
    keys = [CountedKey(name, name.encode(), PerHour(1)) for name in ("address", "network", "everybody")]
    refused = refused_by(keys, [(b"network", 50.5), (b"address", 3.0)])
    assert refused is not None
    assert (refused.names, refused.wait) == (("address", "network"), timedelta(seconds=50.5))
    assert refused_by(keys, []) is None
