"""The stand-ins for the outside keep what they were told, over SIGKILL too."""

import http.client
import json
import signal
import smtplib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import boto3
import pytest

from local_stack.machine.ports import accepts_connections, find_free_port

TOKEN = "secret"

Start = Callable[..., "StandIn"]


class StandIn:
    """One `gangway run …`, started and killed at will."""

    def __init__(self, name: str, port: int, *arguments: str) -> None:
        self.port = port
        self._command = [sys.executable, "-m", "local_stack.stand_ins", name, *arguments]
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        while not accepts_connections(self.port):
            assert self._process.poll() is None
            time.sleep(0.05)

    def stop(self, number: signal.Signals = signal.SIGKILL) -> int:
        self._process.send_signal(number)
        return self._process.wait(10)


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Start]:
    running: list[StandIn] = []

    def start(name: str, port_option: str, *arguments: str) -> StandIn:
        port = find_free_port()
        stand_in = StandIn(name, port, port_option, str(port), "--data", str(tmp_path / name), *arguments)
        running.append(stand_in)
        return stand_in

    yield start
    for stand_in in running:
        assert stand_in.stop(signal.SIGTERM) == 0


def aws_client(stand_in: StandIn, service: Any, **credentials: str) -> Any:
    connect: Any = boto3.client
    return connect(
        service,
        endpoint_url=f"http://127.0.0.1:{stand_in.port}",
        region_name="eu-central-1",
        **{"aws_access_key_id": "local", "aws_secret_access_key": "local", **credentials},
    )


def in_account(stand_in: StandIn, account_id: str) -> dict[str, str]:
    given = aws_client(stand_in, "sts").assume_role(
        RoleArn=f"arn:aws:iam::{account_id}:role/OrganizationAccountAccessRole", RoleSessionName="session"
    )["Credentials"]
    return {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
    }


def make_everything(stand_in: StandIn) -> dict[str, str]:
    """Make things of the kinds that provisioning makes; return the credentials of the new account."""
    organizations = aws_client(stand_in, "organizations")
    created = organizations.create_account(Email="a@example.com", AccountName="a")["CreateAccountStatus"]
    credentials = in_account(stand_in, created["AccountId"])
    aws_client(stand_in, "iam", **credentials).create_role(RoleName="partner", AssumeRolePolicyDocument="{}")
    iot = aws_client(stand_in, "iot", **credentials)
    certificate = iot.create_keys_and_certificate(setAsActive=True)
    secrets_manager = aws_client(stand_in, "secretsmanager")
    secrets_manager.create_secret(Name="key", SecretString=certificate["keyPair"]["PrivateKey"])
    return credentials


def look_at_everything(stand_in: StandIn, credentials: dict[str, str]) -> list[Any]:
    organizations = aws_client(stand_in, "organizations")
    iot = aws_client(stand_in, "iot", **credentials)
    [certificate] = iot.list_certificates()["certificates"]
    roles = aws_client(stand_in, "iam", **credentials).list_roles()["Roles"]
    return [
        sorted(account["Id"] for account in organizations.list_accounts()["Accounts"]),
        organizations.list_roots()["Roots"][0]["Id"],
        sorted(role["RoleId"] for role in roles),
        certificate["certificateId"],
        iot.describe_certificate(certificateId=certificate["certificateId"])["certificateDescription"][
            "certificatePem"
        ],
        iot.describe_endpoint(endpointType="iot:Data-ATS")["endpointAddress"],
        aws_client(stand_in, "secretsmanager").get_secret_value(SecretId="key")["SecretString"],
        aws_client(stand_in, "sso-admin").list_instances()["Instances"][0]["InstanceArn"],
    ]


def test_aws_is_the_same_after_a_kill(run: Start, tmp_path: Path) -> None:
    aws = run("aws", "--port")
    credentials = make_everything(aws)
    before = look_at_everything(aws, credentials)
    aws.stop()
    with (tmp_path / "aws" / "journal.jsonl").open("a") as journal:
        journal.write('{"half a line')
    aws.start()
    assert look_at_everything(aws, credentials) == before
    fresh = aws_client(aws, "organizations").create_account(Email="b@example.com", AccountName="b")
    assert fresh["CreateAccountStatus"]["AccountId"] not in before[0]
    after = look_at_everything(aws, credentials)
    aws.stop()
    aws.start()
    assert look_at_everything(aws, credentials) == after


def scim(stand_in: StandIn, method: str, path: str, body: Any = None, token: str = TOKEN) -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", stand_in.port)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/scim+json"}
    connection.request(method, f"/v2{path}", None if body is None else json.dumps(body), headers)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, json.loads(content) if content else None


def test_the_directory_is_the_same_after_a_kill(run: Start) -> None:
    directory = run("scim", "--port", "--token", TOKEN)
    user = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "søren", "active": True}
    _, kept = scim(directory, "POST", "/Users", user)
    _, gone = scim(directory, "POST", "/Users", {**user, "userName": "gone"})
    group = {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "displayName": "select",
        "members": [{"value": kept["id"]}],
    }
    _, group = scim(directory, "POST", "/Groups", group)
    scim(directory, "DELETE", f"/Users/{gone['id']}")
    status, changed = scim(directory, "PUT", f"/Users/{kept['id']}", {**user, "active": False})
    assert (status, changed["active"]) == (200, False)
    directory.stop()
    directory.start()
    assert scim(directory, "GET", f"/Users/{kept['id']}") == (200, changed)
    assert scim(directory, "GET", f"/Groups/{group['id']}") == (200, group)
    assert scim(directory, "GET", f"/Users/{gone['id']}")[0] == 404
    assert scim(directory, "POST", "/Users", user)[0] == 409
    assert scim(directory, "GET", "/Users", token="wrong")[0] == 401


def send_mail(port: int) -> None:
    message = EmailMessage()
    message["From"] = "Gangway <partners@gangway.example>"
    message["To"] = "Zoë <zoe@example.com>"
    message["Subject"] = "Grüße <b>"
    message.set_content("Hello: https://gangway.example/links/abc")
    message.add_alternative("<p>Hello</p><script>alert('x')</script>", subtype="html")
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        smtp.send_message(message, to_addrs=["zoe@example.com", "hidden@example.com"])


def fetch(port: int, path: str) -> tuple[str, Any]:
    with urlopen(Request(f"http://127.0.0.1:{port}{path}"), timeout=10) as answer:
        return answer.read().decode(), answer.headers


def test_mails_are_kept_and_shown_without_danger(run: Start) -> None:
    http_port = find_free_port()
    mail = run("mail", "--smtp-port", "--http-port", str(http_port))
    send_mail(mail.port)
    mail.stop()
    mail.start()
    send_mail(mail.port)
    listed = json.loads(fetch(http_port, "/messages?to=ZOE@example.com")[0])
    assert [entry["subject"] for entry in listed] == ["Grüße <b>", "Grüße <b>"]
    assert listed[0]["to"] == ["zoe@example.com", "hidden@example.com"]
    assert json.loads(fetch(http_port, "/messages?to=nobody@example.com")[0]) == []
    shown = json.loads(fetch(http_port, f"/messages/{listed[0]['id']}")[0])
    assert shown["text"].strip() == "Hello: https://gangway.example/links/abc"
    assert "<p>Hello</p>" in shown["html"]
    page, headers = fetch(http_port, f"/mails/{listed[0]['id']}")
    assert "<script>" not in page
    assert "Grüße &lt;b&gt;" in page
    assert 'sandbox="allow-popups' in page
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert 'href="https://gangway.example/links/abc"' in page
    assert "Grüße &lt;b&gt;" in fetch(http_port, "/")[0]
