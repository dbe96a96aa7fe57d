"""``python -m tests.benchmarks.bare_sender URL COUNT CONCURRENCY``: the same requests from a bare loop.

Signed alike, from memory, noting nothing. Prints the processor time that it used.
"""

import asyncio
import sys
from time import process_time, time
from uuid import uuid4

import aiohttp
from cryptography.fernet import Fernet, MultiFernet

from integrations.adapters.signing_secrets import SigningSecrets
from integrations.domain.endpoints import SecretKind

BODY = b'{"specversion":"1.0","data":"' + b"x" * 600 + b'"}'


async def main(url: str, count: int, concurrency: int) -> None:
    signing = SigningSecrets(MultiFernet([Fernet(Fernet.generate_key())]))
    _, key, _ = signing.draw(SecretKind.HMAC)
    left = iter(range(count))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def work() -> None:
            for _ in left:
                message, now = str(uuid4()), int(time())
                headers = {
                    "webhook-id": message,
                    "webhook-timestamp": str(now),
                    "webhook-signature": signing.signatures([("hmac", key)], message, now, BODY),
                }
                async with session.post(url, data=BODY, headers=headers) as answer:
                    await answer.read()

        started = process_time()
        await asyncio.gather(*(work() for _ in range(concurrency)))
    sys.stdout.write(f"{process_time() - started}\n")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
