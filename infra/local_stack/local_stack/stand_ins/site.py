"""One address for the pages of all services, instead of the shipped nginx (`infra/gateway`)."""

import logging
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any

from aiohttp import (
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    TCPConnector,
    web,
)
from multidict import CIMultiDict
from yarl import URL

PATIENCE = ClientTimeout(total=60, sock_connect=5)
CHUNK_BYTES = 65_536
# For a single connection (RFC 9110, 7.6.1); "Expect" is answered here.
OF_ONE_CONNECTION = frozenset(
    {"connection", "expect", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection"}
    | {"te", "trailer", "transfer-encoding", "upgrade"}
)
# What the client claims about itself is not forwarded.
OF_PROXIES = frozenset({"forwarded", "x-forwarded-for", "x-forwarded-proto"})
# As much as the services read themselves, so that they can refuse larger ones.
LONGEST_LINE = 64 * 1024
READS: dict[str, Any] = {
    "auto_decompress": False,
    "max_line_size": LONGEST_LINE,
    "max_field_size": LONGEST_LINE,
}
CLIENT: web.AppKey[ClientSession] = web.AppKey("client", ClientSession)


class Gateway:
    """Forwards each path, unchanged, to the service that has it; bodies are streamed."""

    def __init__(self, origins: Mapping[str, str]) -> None:
        """``origins`` by prefix, such as ``/access``; the empty prefix has all the rest."""
        self._origins = origins

    def origin_of(self, path: str) -> str:
        """A prefix is a whole segment: ``/accesses`` is not below ``/access``."""
        return self._origins.get("/" + path.split("/")[1], self._origins[""])

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """The service's answer; a problem document if there is none."""
        target = request.raw_path
        if not target.startswith("/"):
            return _problem(400, "Bad Request")
        url = URL(self.origin_of(target.partition("?")[0]) + target, encoded=True)
        headers = _passed_on(request.headers, OF_PROXIES)
        headers["X-Forwarded-For"] = request.remote or ""
        body = request.content if request.body_exists else None
        asked = request.app[CLIENT].request(
            request.method, url, headers=headers, data=body, allow_redirects=False
        )
        response: web.StreamResponse | None = None
        try:
            async with asked as answer:
                response = await _begun(answer, request)
                async for chunk in answer.content.iter_chunked(CHUNK_BYTES):
                    await response.write(chunk)
        except (TimeoutError, ClientError) as error:
            if response is not None:
                raise  # half an answer is none: the connection ends
            is_late = isinstance(error, TimeoutError)
            return _problem(*((504, "Gateway Timeout") if is_late else (502, "Bad Gateway")))
        await response.write_eof()
        return response


def create_site(origins: Mapping[str, str]) -> web.Application:
    """The application; ``origins`` as for `Gateway`."""
    site = web.Application()
    site.cleanup_ctx.append(_client)
    site.router.add_route("*", "/{path:.*}", Gateway(origins).answer)
    return site


def serve_site(host: str, port: int, origins: Mapping[str, str]) -> None:
    """Serve until SIGTERM or SIGINT."""
    # It logs what it cannot parse, and paths contain tokens.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    web.run_app(
        create_site(origins),
        host=host,
        port=port,
        print=None,
        access_log=None,
        keepalive_timeout=30,
        shutdown_timeout=5,
        **READS,
    )


async def _client(site: web.Application) -> AsyncIterator[None]:
    """A connection for each request: a request sent into a closed connection could not be repeated."""
    async with ClientSession(
        connector=TCPConnector(limit=512, force_close=True),
        timeout=PATIENCE,
        cookie_jar=DummyCookieJar(),
        auto_decompress=False,
        skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
    ) as site[CLIENT]:
        yield


async def _begun(answer: ClientResponse, request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(
        status=answer.status, reason=answer.reason, headers=_passed_on(answer.headers)
    )
    await response.prepare(request)
    return response


def _passed_on(headers: Mapping[str, str], left_out: Iterable[str] = ()) -> CIMultiDict[str]:
    """All headers but those of a single connection, which may name more of them."""
    named = {name.strip().lower() for name in headers.get("Connection", "").split(",")}
    out = OF_ONE_CONNECTION | named | frozenset(left_out)
    return CIMultiDict((name, value) for name, value in headers.items() if name.lower() not in out)


def _problem(status: int, title: str) -> web.Response:
    """Like that of nginx (RFC 9457)."""
    code = "bad_request" if status == 400 else "service_unavailable"
    body = {"type": f"urn:problem-type:{code}", "title": title, "status": status, "code": code}
    return web.json_response(
        body, status=status, content_type="application/problem+json", headers={"Cache-Control": "no-store"}
    )
