"""Sessions: when they began, and in what kind of browser."""

import re
from datetime import datetime
from uuid import UUID

from chassis.frozen import Frozen

# The first match: browsers also name others that they imitate. No version, no device.
_BROWSERS = (
    ("Edge", r"\bEdgA?\b|\bEdgiOS\b"),
    ("Opera", r"\bOPR\b"),
    ("Firefox", r"\bFirefox\b|\bFxiOS\b"),
    ("Chrome", r"\bChrome\b|\bChromium\b|\bCriOS\b"),
    ("Safari", r"\bSafari\b"),
)
_SYSTEMS = (
    ("Android", r"\bAndroid\b"),
    ("iOS", r"\biPhone\b|\biPad\b"),
    ("Windows", r"\bWindows\b"),
    ("macOS", r"\bMacintosh\b"),
    ("Linux", r"\bLinux\b"),
)


class BegunSession(Frozen):
    """``browser`` is such as Firefox, Linux; empty for a program or an unknown browser."""

    id: UUID
    partner_id: UUID
    begun_at: datetime
    ends_at: datetime
    browser: str = ""


def kind_of_browser(user_agent: str) -> str:
    """Browser family and operating system from the header, and nothing else."""
    found = (
        next((name for name, sign in signs if re.search(sign, user_agent[:500])), "")
        for signs in (_BROWSERS, _SYSTEMS)
    )
    return ", ".join(filter(None, found))
