"""Where somebody is signed in: when it began, and by what kind of browser."""

import re
from datetime import datetime
from uuid import UUID

from chassis.frozen import Frozen

# The first that fits: browsers name those that they want to be taken for, too. No version, nobody's device.
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
    """``browser`` is such as Firefox, Linux; empty for a program, or what nobody knows."""

    id: UUID
    partner_id: UUID
    begun_at: datetime
    ends_at: datetime
    browser: str = ""


def kind_of_browser(user_agent: str) -> str:
    """Family and system that the header names, and nothing else of it."""
    found = (
        next((name for name, sign in signs if re.search(sign, user_agent[:500])), "")
        for signs in (_BROWSERS, _SYSTEMS)
    )
    return ", ".join(filter(None, found))
