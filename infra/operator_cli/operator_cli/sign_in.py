"""`gangway login` and `gangway logout`: sign in at the company's OpenID provider."""

import os
from typing import Any

import click

from operator_cli.access import local_addresses
from operator_cli.command_context import CommandContext, with_context
from operator_cli.device_sign_in import Provider, SignInFailed
from operator_cli.kept_sign_in import KeptSignIn, SignIn
from operator_cli.printable import printable
from operator_client.access import Access, NoAccess, known
from operator_client.http import OperatorsHttp

CLIENT_ID = "gangway-cli"


@click.command()
@click.option("--issuer", envvar="GANGWAY_ISSUER", help="The OpenID provider; else the local stack's.")
@click.option("--client-id", envvar="GANGWAY_CLIENT_ID", default=CLIENT_ID, show_default=True)
@click.option("--scope", default="openid email offline_access", show_default=True)
@with_context
def login(context: CommandContext, *, issuer: str | None, client_id: str, scope: str) -> None:
    """Sign in with a code that you enter in a browser, on this machine or another.

    From then on commands act under your name, at the services that are given here and at no others, until
    `gangway logout`. GANGWAY_OPS_TOKEN still comes first.
    """
    urls = {service: url.rstrip("/") for service, url in context.urls.items() if url}
    if not urls or issuer is None:
        stack = local_addresses(os.environ)
        urls = urls or {service: stack[service] for service in known(stack)}
        issuer = issuer or stack.get("issuer")
    if not issuer:
        raise NoAccess("Say where to sign in: --issuer.")
    provider = Provider(issuer, client_id)
    begun = provider.begin(scope)
    complete = begun.get("verification_uri_complete")
    click.echo(printable(f"Open {complete or begun['verification_uri']}"), err=True)
    click.echo(printable(f"and see that the code is {begun['user_code']}"), err=True)
    told = provider.wait(begun)
    where: dict[str, Any] = {"issuer": issuer, "client_id": client_id, "urls": urls}
    sign_in = SignIn(**where, access_token="", refresh_token=None, expires_at=0).with_tokens(told)
    http = OperatorsHttp(Access(urls, sign_in.access_token))
    KeptSignIn(os.environ).keep(sign_in)
    who = http.get(next(iter(urls)), "/v1/me")
    context.screen.outcome(who, f"Signed in as {who.get('name')} ({who.get('role')}).")


@click.command()
@with_context
def logout(context: CommandContext) -> None:
    """Forget the sign-in, here and at the provider."""
    found = KeptSignIn(os.environ).forget()
    if found and found.refresh_token:
        try:
            found.provider.revoke(found.refresh_token)
        except SignInFailed as failed:
            raise NoAccess(f"Signed out here; the provider could not be told: {failed}") from failed
    context.screen.outcome({"signed_out": True}, "Signed out.")
