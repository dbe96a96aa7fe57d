"""How many proxies of ours stand before a process."""

from chassis.settings.reader import SettingsReader


def trusted_proxies(reader: SettingsReader) -> int:
    """For https at least one, as our processes do not speak it."""
    is_https = reader.text("PUBLIC_URL", "").startswith("https://")
    count = reader.number("TRUSTED_PROXIES", 1 if is_https else 0, most=8)
    if is_https and count == 0:
        reader.refuse(
            "TRUSTED_PROXIES", "must be at least 1: PUBLIC_URL is https, which a proxy has to speak"
        )
    return count
