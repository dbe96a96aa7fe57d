"""Applications as companies send them: whole bodies, each of another company with other people."""

import json
from typing import Any
from uuid import uuid4


def application_requests(count: int) -> list[bytes]:
    """So many POST requests to /v1/applications, ready for the wire."""
    return [
        _request(json.dumps(application(f"n{uuid4().hex[:9]}"), ensure_ascii=False)) for _ in range(count)
    ]


def application(name: str) -> dict[str, Any]:
    """A machine builder with a contact, two colleagues and wishes."""
    domain = f"maschinenbau-{name}.example"
    return {
        "company": {
            "legal_name": f"Maschinenbau Weiß & Söhne {name} GmbH",
            "registration_number": f"HRB {name}",
            "country": "DE",
            "website": f"https://{domain}/",
        },
        "contact": {"given_name": "Jana", "family_name": "Weiß", "email": f"jana.weiss@{domain}"},
        "members": [
            {"given_name": "Åse", "family_name": "Ünal", "email": f"ase.uenal@{domain}", "language": "en"},
            {"given_name": "Piotr", "family_name": "O'Neill", "email": f"piotr.oneill@{domain}"},
        ],
        "partner_type": "machine_builder",
        "competences": ["iot", "edge"],
        "products_wanted": ["cloud_sandbox", "analytics", "iot"],
        "expected_benefits": "Unsere Maschinen sollen ihre Messwerte selbst melden.",
        "language": "de",
    }


def _request(text: str) -> bytes:
    body = text.encode()
    head = (
        "POST /v1/applications HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Idempotency-Key: {uuid4()}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
