"""Devices that partners add to a grant beside its first one."""

from operator_client.http import OperatorsHttp
from operator_client.operator import Facts

_SERVICE = "provisioning"


class Devices:
    """Raises `operator_client.http.Refused` and `Unreachable`."""

    def __init__(self, http: OperatorsHttp) -> None:
        self._http = http

    def of_grant(self, grant_id: str) -> Facts:
        """All of them as ``devices``, and as ``quota`` how many there may be with the first one."""
        return self._http.get(_SERVICE, _path(grant_id))

    def add(self, grant_id: str, name: str, reason: str) -> Facts:
        return self._http.post(_SERVICE, _path(grant_id), {"name": name, "reason": reason})

    def remove(self, grant_id: str, device_id: str, reason: str) -> Facts:
        """Take it away, its certificate first."""
        return self._act(grant_id, device_id, "removal", reason)

    def rotate_key(self, grant_id: str, device_id: str, reason: str) -> Facts:
        """Have another key made; the one in use is good until `end_older_keys`."""
        return self._act(grant_id, device_id, "credentials-rotation", reason)

    def end_older_keys(self, grant_id: str, device_id: str, reason: str) -> Facts:
        """Let only the newest key be good, which was collected."""
        return self._act(grant_id, device_id, "credentials-rotation-end", reason)

    def revoke_key(self, grant_id: str, device_id: str, reason: str) -> Facts:
        """End every key that was handed out, and have another one made."""
        return self._act(grant_id, device_id, "credentials-revocation", reason)

    def claims(self, grant_id: str) -> list[Facts]:
        """Those by which devices join the grant by themselves."""
        found: list[Facts] = self._http.get(_SERVICE, _claims_path(grant_id))["claims"]
        return found

    def make_claim(
        self, grant_id: str, name_prefix: str, *, places: int, valid_hours: int, reason: str
    ) -> Facts:
        """Return it with its ``secret``, which is told only once."""
        wanted = {"name_prefix": name_prefix, "places": places, "valid_hours": valid_hours}
        return self._http.post(_SERVICE, _claims_path(grant_id), {**wanted, "reason": reason})

    def revoke_claim(self, grant_id: str, claim_id: str, reason: str) -> Facts:
        """Let no more devices join by it; those that have joined stay."""
        path = f"{_claims_path(grant_id)}/{claim_id}/revocation"
        return self._http.post(_SERVICE, path, {"reason": reason})

    def _act(self, grant_id: str, device_id: str, act: str, reason: str) -> Facts:
        return self._http.post(_SERVICE, f"{_path(grant_id)}/{device_id}/{act}", {"reason": reason})


def _path(grant_id: str) -> str:
    return f"/v1/grants/{grant_id}/devices"


def _claims_path(grant_id: str) -> str:
    return f"/v1/grants/{grant_id}/device-claims"
