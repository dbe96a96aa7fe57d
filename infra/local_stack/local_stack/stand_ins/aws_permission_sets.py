"""Permission sets as AWS has them: an account keeps what it was provisioned with until that is done anew."""

import functools
import importlib
import json
from typing import Any

models: Any = importlib.import_module("moto.ssoadmin.models")
responses: Any = importlib.import_module("moto.ssoadmin.responses")
_CHANGES = (
    "put_inline_policy_to_permission_set",
    "delete_inline_policy_from_permission_set",
    "attach_managed_policy_to_permission_set",
    "detach_managed_policy_from_permission_set",
    "attach_customer_managed_policy_reference_to_permission_set",
    "detach_customer_managed_policy_reference_from_permission_set",
)


@functools.cache
def keep_accounts_behind() -> None:
    """Have moto tell which accounts have an older version of a permission set, in the whole process."""
    for name in _CHANGES:
        setattr(models.SSOAdminBackend, name, _leaving_behind(getattr(models.SSOAdminBackend, name)))
    answers = responses.SSOAdminResponse
    answers.provision_permission_set = _bringing_up_to_date(answers.provision_permission_set)
    answers.list_accounts_for_provisioned_permission_set = _list_accounts


def _leaving_behind(change: Any) -> Any:
    @functools.wraps(change)
    def changed(backend: Any, instance_arn: str, permission_set_arn: str, *more: Any, **named: Any) -> Any:
        done = change(backend, instance_arn, permission_set_arn, *more, **named)
        found = backend._find_permission_set(instance_arn, permission_set_arn)
        found.accounts_behind = _accounts(backend, permission_set_arn)
        return done

    return changed


def _bringing_up_to_date(provision: Any) -> Any:
    @functools.wraps(provision)
    def provisioned(response: Any) -> Any:
        answer = provision(response)
        found, account_id = _asked_for(response), response._get_param("TargetId")
        found.accounts_behind = _behind(found) - {account_id} if account_id else set()
        return answer

    return provisioned


def _list_accounts(response: Any) -> str:
    found = _asked_for(response)
    accounts = _accounts(response.ssoadmin_backend, found.permission_set_arn)
    behind = _behind(found) & accounts
    wanted = {
        "LATEST_PERMISSION_SET_NOT_PROVISIONED": behind,
        "LATEST_PERMISSION_SET_PROVISIONED": accounts - behind,
    }
    return json.dumps({"AccountIds": sorted(wanted.get(response._get_param("ProvisioningStatus"), accounts))})


def _asked_for(response: Any) -> Any:
    which = (response._get_param("InstanceArn"), response._get_param("PermissionSetArn"))
    return response.ssoadmin_backend._find_permission_set(*which)


def _behind(permission_set: Any) -> set[str]:
    return getattr(permission_set, "accounts_behind", set())


def _accounts(backend: Any, permission_set_arn: str) -> set[str]:
    """Those with an assignment: AWS provisions a permission set by the first one."""
    return {
        one.target_id for one in backend.account_assignments if one.permission_set_arn == permission_set_arn
    }
