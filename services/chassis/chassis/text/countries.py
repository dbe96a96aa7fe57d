"""The countries that a company may sit in: ISO 3166-1, and Kosovo, which goes by a code of its own choice.

XK is user-assigned in ISO 3166-1; the EU, SWIFT and Unicode's CLDR use it.
"""

import pycountry

COUNTRIES = frozenset(country.alpha_2 for country in pycountry.countries) | {"XK"}
