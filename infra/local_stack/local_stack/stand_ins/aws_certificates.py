"""moto's IoT creates truly random certificates: record them, and return the recorded ones in a replay."""

import contextlib
import functools
import importlib
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa

iot_models: Any = importlib.import_module("moto.iot.models")


class Certificates:
    """Once constructed, intercepts the creation of certificates by moto's IoT in the whole process."""

    def __init__(self) -> None:
        self._make = iot_models.IoTBackend._generate_certificate_pem
        self._made: list[str] = []
        self._noted: list[str] = []

        def make_or_repeat(backend: Any, *arguments: Any, **more: Any) -> str:
            pem = self._noted.pop(0) if self._noted else str(self._make(backend, *arguments, **more))
            self._made.append(pem)
            return pem

        iot_models.IoTBackend._generate_certificate_pem = make_or_repeat

    @contextlib.contextmanager
    def recorded(self) -> Iterator[list[str]]:
        """Return the list to which certificates created meanwhile are added."""
        self._made = []
        yield self._made

    @contextlib.contextmanager
    def given(self, noted: list[str]) -> Iterator[None]:
        """Use these certificates, without new private keys: nobody receives them."""
        self._noted = list(noted)
        real = iot_models.rsa
        iot_models.rsa = SimpleNamespace(generate_private_key=_some_key)
        try:
            yield
        finally:
            iot_models.rsa = real


@functools.cache
def _some_key(**_: Any) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)
