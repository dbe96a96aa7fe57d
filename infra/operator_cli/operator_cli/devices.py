"""`gangway devices …`: the devices of a grant beside its first one, and their keys."""

from operator_cli.described import DescribedGroup, Given
from operator_cli.screen import Column, at

_LINE: tuple[Column, ...] = (
    ("id", "device_id"),
    ("name", "name"),
    ("state", "state"),
    ("outside", "thing_name"),
    ("added", at("added_at")),
    ("key waits", "collectable"),
    ("key collected", at("collected_at")),
    ("older key stays", "older_key_stays"),
    ("cause", lambda device: device["cause"]["message"] if device["cause"] else ""),
)
_CLAIM: tuple[Column, ...] = (
    ("id", "claim_id"),
    ("name", "name_prefix"),
    ("state", "state"),
    ("used", "used"),
    ("places", "places"),
    ("made", at("created_at")),
    ("by", "created_by"),
    ("until", at("expires_at")),
)
_DEVICES = "/v1/grants/{grant_id}/devices"
_CLAIMS = "/v1/grants/{grant_id}/device-claims"

devices = DescribedGroup(
    "devices",
    help="""Devices of a grant beside its first one: add, remove, replace keys.

    GRANT and DEVICE are ids or the beginning of one. The first device is the grant's: `gangway grants`.
    """,
)
devices.listing("list", f"GET {_DEVICES}", "List them, with what each waits for.", _LINE)
devices.act(
    "add",
    f"POST {_DEVICES}",
    "Add one, whose key the partner collects.",
    "Device {device_id} is being made.",
    Given("name", "What the partner calls it."),
)
for name, path, text, told in (
    ("remove", "removal", "Take it away, its certificate first.", "it is being removed."),
    (
        "rotate-key",
        "credentials-rotation",
        "Have another key made; the one in use is good until `end-older-keys`.",
        "another key is being made.",
    ),
    (
        "end-older-keys",
        "credentials-rotation-end",
        "End the older key, once the newest is in use.",
        "only the newest key stays good.",
    ),
    (
        "revoke-key",
        "credentials-revocation",
        "End every key that was handed out, at once, and have another one made.",
        "its keys end, and another one is being made.",
    ),
):
    devices.act(name, f"POST {_DEVICES}/{{device_id}}/{path}", text, f"Device {{device_id}}: {told}")
devices.listing(
    "claims",
    f"GET {_CLAIMS}",
    "List the claims by which devices join a grant by themselves.",
    _CLAIM,
)
devices.act(
    "claim",
    f"POST {_CLAIMS}",
    "Make a claim and print its secret, which is shown only once.",
    "{secret}",
    Given("name_prefix", "How the names of its devices begin.", "name"),
    Given("places", "How many devices may join by it."),
    Given("valid_hours", "For how many hours it is valid.", "hours"),
)
devices.act(
    "revoke-claim",
    f"POST {_CLAIMS}/{{claim_id}}/revocation",
    "Let no more devices join by it; CLAIM is its id, or the beginning of it.",
    "Claim {claim_id}: no more devices join by it.",
)
