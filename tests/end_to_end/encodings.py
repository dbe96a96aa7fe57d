"""All the forms in which a text may come back: whoever looks for it has to look for each of them."""

import base64
import html
import json
import quopri
import unicodedata
from collections.abc import Iterator
from email.charset import BASE64, QP, Charset
from email.header import Header
from urllib.parse import quote, quote_plus

LEAST_LENGTH = 6


class Needles:
    """Looks for texts, each known by a name, in every encoding."""

    def __init__(self, texts: dict[str, str]) -> None:
        assert all(len(text) >= LEAST_LENGTH for text in texts.values()), "too short to mean anything"
        self._in_any_case = {
            form.casefold(): name for name, text in texts.items() for form in _in_any_case(text)
        }
        self._exact = {form: name for name, text in texts.items() for form in _exact(text)}

    def found_in(self, text: str) -> set[str]:
        """The names of what stands there, the texts themselves are not told."""
        folded = text.casefold()
        found = {name for form, name in self._in_any_case.items() if form in folded}
        return found | {name for form, name in self._exact.items() if form in text}


def _in_any_case(text: str) -> Iterator[str]:
    for form in {text, unicodedata.normalize("NFD", text)}:
        yield form
        yield from _percent(form)
        yield from _escaped(form)
        yield form.encode().hex()
        yield " ".join(f"{byte:02x}" for byte in form.encode())
        yield form.encode("utf-16-le").hex()
        yield form.encode("utf-16-be").hex()
        yield "\0".join(form)
    if "@" in text:
        local, _, domain = text.partition("@")
        named = domain.encode("idna").decode()
        yield from _percent(f"{local}@{named}")
        yield from _escaped(f"{local}@{named}")


def _percent(text: str) -> Iterator[str]:
    for encode in (quote, quote_plus):
        once = encode(text, safe="")
        yield from (once, encode(text), encode(once, safe=""), encode(encode(once, safe=""), safe=""))
    yield "".join(f"%{byte:02X}" for byte in text.encode())


def _escaped(text: str) -> Iterator[str]:
    yield from (text, html.escape(text), html.escape(text, quote=False))
    yield from ("".join(f"&#{ord(sign)};" for sign in text), "".join(f"&#x{ord(sign):x};" for sign in text))
    yield "".join(sign if sign.isalnum() else f"&#{ord(sign)};" for sign in text)
    yield "".join(sign if sign.isalnum() else f"&#x{ord(sign):x};" for sign in text)
    in_json = json.dumps(text)[1:-1]
    yield from (in_json, json.dumps(in_json)[1:-1], json.dumps(json.dumps(in_json)[1:-1])[1:-1])
    every = "".join(sign if sign.isascii() and sign.isalnum() else f"\\u{ord(sign):04x}" for sign in text)
    yield from (every, every.replace("\\", "\\\\"))
    yield from (ascii(text)[1:-1], repr(text.encode())[2:-1], repr(text)[1:-1])
    for escape_signs in (False, True):
        printed = quopri.encodestring(text.encode(), quotetabs=escape_signs).decode()
        yield from (printed, printed.replace("@", "=40"), printed.replace("@", "=40").replace("+", "=2B"))
    yield "".join(f"={byte:02X}" for byte in text.encode())


def _exact(text: str) -> Iterator[str]:
    for data in (text.encode(), text.encode("utf-16-le"), text.encode("utf-16-be")):
        for skipped in range(3):
            # What the neighbours share is left out on both sides.
            encoded = base64.b64encode(b"\0" * skipped + data).decode()
            whole = encoded[(0, 2, 3)[skipped] : (len(encoded) - 4 if (skipped + len(data)) % 3 else None)]
            yield from (whole, whole.replace("+", "-").replace("/", "_"), quote(whole, safe=""))
    for encoding in (BASE64, QP):
        charset = Charset("utf-8")
        charset.header_encoding = encoding
        yield Header(text, charset, maxlinelen=10_000).encode().rpartition("?=")[0].rpartition("?")[2]
