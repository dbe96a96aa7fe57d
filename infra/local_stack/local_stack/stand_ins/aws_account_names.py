"""PutAccountName, which moto does not know: an account of the organization renames itself."""

import functools
import importlib
from typing import Any

from moto.core.responses import EmptyResult
from moto.organizations.models import organizations_backends

responses: Any = importlib.import_module("moto.account.responses")
urls: Any = importlib.import_module("moto.account.urls")


@functools.cache
def let_accounts_be_renamed() -> None:
    """Teach moto, in the whole process."""
    responses.AccountResponse.put_account_name = _put_account_name
    urls.url_paths["{0}/putAccountName$"] = responses.AccountResponse.dispatch


def _put_account_name(response: Any) -> EmptyResult:
    for by_partition in organizations_backends.values():
        for account in by_partition["aws"].accounts:
            if account.id == response.current_account:
                account.name = response._get_param("AccountName")
    return EmptyResult()
