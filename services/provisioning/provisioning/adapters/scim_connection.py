"""A SCIM 2.0 client over httpx: one request, one deadline, no repetition."""

from typing import Any

import httpx
from scim2_client import BaseSyncSCIMClient, RequestNetworkException
from scim2_models import Group, ListResponse, PatchOp, ScimProvider, SearchRequest, User

from chassis import failpoints

# pydantic remembers what it makes of a generic model for as long as somebody uses it, and a model takes
# longer to make than its request takes. These are what each request is made of.
_KEPT_MODELS = [
    generic[model] for generic in (ListResponse, PatchOp, SearchRequest) for model in (User, Group, User[Any])
]


class ScimConnection(BaseSyncSCIMClient):
    """What scim2-client does, sent by httpx; the package's own engine wants another HTTP client."""

    def __init__(
        self,
        url: str,
        token: str,
        timeout_seconds: float,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        super().__init__(provider=ScimProvider(models=[User, Group]))
        headers = {"Accept": "application/scim+json, application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        self._http = httpx.Client(base_url=url, headers=headers, timeout=timeout_seconds, transport=transport)

    def request(self, method: str, url: str, **kwargs: Any) -> httpx.Response:
        try:
            answer = self._http.request(method, url.lstrip("/"), **kwargs)
        except httpx.TransportError as error:
            raise RequestNetworkException(message=type(error).__name__) from error
        failpoints.reach("outside.after_call")
        return answer

    def close(self) -> None:
        self._http.close()
