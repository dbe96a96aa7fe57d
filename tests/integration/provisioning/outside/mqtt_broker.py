"""Debian's mosquitto in the place of AWS IoT: it lets in whom AWS knows, to do what their policies say.

Certificates that are active are the trust store (they were registered without a CA), what is attached to them
makes the roles of mosquitto's own dynamic security. The name in the certificate is the user's.
"""

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from tests.integration.provisioning.outside.world import World

from local_stack.machine.ports import LOOPBACK, accepts_connections, find_free_port
from provisioning.handlers.ports import Credentials

_NEEDED = ("mosquitto", "mosquitto_pub", "mosquitto_sub")
_INSTALL = "apt-get install -y --no-install-recommends mosquitto mosquitto-clients"
_ACTIONS = {
    "iot:Publish": "publishClientSend",
    "iot:Receive": "publishClientReceive",
    "iot:Subscribe": "subscribePattern",
}


def require_mosquitto() -> None:
    """Install it where we may; else skip, which a run with REQUIRE_APACHE takes for a failure."""
    if not _is_there() and os.getuid() == 0 and shutil.which("apt-get"):
        command = ["apt-get", "-o", "DPkg::Lock::Timeout=60", *_INSTALL.split()[1:]]
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(command, check=False, capture_output=True, env=environment)
    if not _is_there():
        pytest.skip(f"Debian's mosquitto is needed here: {_INSTALL}")


def _is_there() -> bool:
    return all(map(_program, _NEEDED))


def _program(name: str) -> str | None:
    """Debian keeps the broker where only root's path leads."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin")


@dataclass(frozen=True)
class Device:
    """What a device does with its credentials; each call is a connection of its own."""

    folder: Path
    port: int
    credentials: Credentials

    def publish(self, topic: str, message: str) -> bool:
        """Return whether the broker took it. It is kept for who subscribes later.

        A refusal by the broker is a warning to the program, a refused connection an error.
        """
        done = self._run("mosquitto_pub", "-t", topic, "-m", message, "-r")
        return done.returncode == 0 and "Not authorized" not in done.stderr

    def read(self, topic: str) -> str | None:
        """Return the message kept there, None when the subscription is refused."""
        done = self._run("mosquitto_sub", "-t", topic, "-C", "1", "-W", "10")
        if "denied" in done.stderr:
            return None
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def _run(self, program: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        files = {"cert": self.credentials.certificate_pem, "key": self.credentials.private_key_pem}
        for name, text in files.items():
            (self.folder / f"device.{name}").write_text(text)
        connection = ["-h", LOOPBACK, "-p", str(self.port), "-V", "mqttv5", "-q", "1"]
        identity = ["--cafile", str(self.folder / "broker.pem"), "-i", self.credentials.thing_name]
        own = [part for name in files for part in (f"--{name}", str(self.folder / f"device.{name}"))]
        return subprocess.run(
            [program, *connection, *identity, *own, *arguments],
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )


@dataclass(frozen=True)
class Broker:
    """One that runs."""

    folder: Path
    port: int

    def device(self, credentials: Credentials) -> Device:
        return Device(self.folder, self.port, credentials)


@contextmanager
def broker_of(world: World, folder: Path, *issuers: str) -> Iterator[Broker]:
    """Serve what stands in AWS now, until the block ends; ``issuers`` signed what is not signed by itself."""
    folder.mkdir()
    port = find_free_port()
    _write_own_certificate(folder)
    known = list(_active(world))
    trusted = "".join([*issuers, *(device["pem"] for device in known)])
    (folder / "devices.pem").write_text(trusted or _nobody(folder))
    (folder / "security.json").write_text(json.dumps(_security(known)))
    plugin = next(Path("/usr/lib").glob("*/mosquitto_dynamic_security.so"))
    lines = (
        f"listener {port} {LOOPBACK}",
        f"cafile {folder}/devices.pem",
        f"certfile {folder}/broker.pem",
        f"keyfile {folder}/broker.key",
        "require_certificate true",
        "use_identity_as_username true",
        "allow_anonymous false",
        f"plugin {plugin}",
        f"plugin_opt_config_file {folder}/security.json",
        "user root" if os.getuid() == 0 else "",
    )
    (folder / "mosquitto.conf").write_text("\n".join(lines) + "\n")
    with (folder / "log").open("wb") as log:
        command = [str(_program("mosquitto")), "-c", str(folder / "mosquitto.conf")]
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 20
        while not accepts_connections(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"mosquitto did not start: {(folder / 'log').read_text()}")
            time.sleep(0.01)
        yield Broker(folder, port)
    finally:
        process.terminate()
        process.wait(10)


def _active(world: World) -> Iterator[dict[str, Any]]:
    """Every certificate that is active, with its things and the statements of its policies."""
    iot = world.inventory.aws("iot")
    for certificate in iot.list_certificates()["certificates"]:
        if certificate["status"] == "ACTIVE":
            described = iot.describe_certificate(certificateId=certificate["certificateId"])
            arn, pem = certificate["certificateArn"], described["certificateDescription"]["certificatePem"]
            attached = iot.list_attached_policies(target=arn)["policies"]
            documents = [
                json.loads(iot.get_policy(policyName=policy["policyName"])["policyDocument"])
                for policy in attached
            ]
            yield {
                "pem": pem,
                "things": iot.list_principal_things(principal=arn)["things"],
                "statements": [one for document in documents for one in document["Statement"]],
            }


def _security(known: list[dict[str, Any]]) -> dict[str, Any]:
    """A role for each device; a device that is attached to nothing may connect, and do nothing."""
    roles, clients = [], []
    # A device whose key is being rotated has two certificates, with the same name and rights.
    for name, device in {_name_in(device["pem"]): device for device in known}.items():
        is_attached = name in device["things"]
        roles.append({"rolename": name, "acls": list(_acls(device)) if is_attached else []})
        clients.append({"username": name, "clientid": name, "roles": [{"rolename": name}]})
    access = {
        "publishClientSend": False,
        "publishClientReceive": False,
        "subscribe": False,
        "unsubscribe": True,
    }
    return {"defaultACLAccess": access, "clients": clients, "roles": roles, "groups": []}


def _name_in(pem: str) -> str:
    [common_name] = x509.load_pem_x509_certificate(pem.encode()).subject
    return str(common_name.value)


def _acls(device: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for statement in device["statements"]:
        assert statement["Effect"] == "Allow", statement
        actions = statement["Action"]
        for action in [actions] if isinstance(actions, str) else actions:
            if action != "iot:Connect":
                resource = re.sub(r"^arn:aws:iot:[^:]*:[^:]*:(topic|topicfilter)/", "", statement["Resource"])
                resource = resource.replace("${iot:Connection.Thing.ThingName}", device["things"][0])
                assert resource.count("*") == resource.endswith("/*"), resource
                topic = resource.replace("*", "#")
                yield {"acltype": _ACTIONS[action], "topic": topic, "priority": 0, "allow": True}


def _write_own_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, LOOPBACK)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(LOOPBACK))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "broker.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    (folder / "broker.key").write_bytes(private)


def _nobody(folder: Path) -> str:
    """mosquitto wants to trust somebody."""
    return (folder / "broker.pem").read_text()
