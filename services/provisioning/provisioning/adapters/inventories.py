"""What a sweep lists outside, by kind."""

from collections.abc import Mapping
from typing import TypeVar

from provisioning.adapters.aws.analytics_steps import analytics_steps
from provisioning.adapters.aws.athena_workgroup import AthenaWorkgroup
from provisioning.adapters.aws.budget import Budget
from provisioning.adapters.aws.glue_database import GlueDatabase
from provisioning.adapters.aws.identity_center import IdentityCenterSignIn
from provisioning.adapters.aws.iot_certificate import IotCertificate
from provisioning.adapters.aws.iot_policy import IotPolicy
from provisioning.adapters.aws.iot_steps import iot_steps
from provisioning.adapters.aws.iot_thing_group import IotThingGroup
from provisioning.adapters.aws.lake_formation import LakeFormationPermission
from provisioning.adapters.aws.organization_account import OrganizationAccount
from provisioning.adapters.aws.organization_units import OrganizationUnit
from provisioning.adapters.aws.sandbox_steps import sandbox_steps
from provisioning.adapters.aws.swept_accounts import SweptAccounts, budgets
from provisioning.adapters.aws.swept_analytics import analytics
from provisioning.adapters.aws.swept_detection import SweptDetection
from provisioning.adapters.aws.swept_devices import devices
from provisioning.adapters.aws.swept_sign_in import SweptSignIn
from provisioning.adapters.crm_sweep import crm_users
from provisioning.adapters.outside import Outside
from provisioning.adapters.product_kinds import OfferedProduct
from provisioning.adapters.sorted_step import SortedStep
from provisioning.adapters.swept_products import SweptProducts
from provisioning.domain.findings import AskedFor, ThingKind
from provisioning.handlers.account_ports import AccountsInUse
from provisioning.handlers.ports import EverAsked, Inventory, Step

Kind = TypeVar("Kind", bound=Step)


class _Steps:
    """The steps of our products, by their class: they know how what they made is called."""

    def __init__(self, outside: Outside) -> None:
        aws, settings = outside.aws, outside.settings
        self._all = [*sandbox_steps(aws, settings), *analytics_steps(aws, settings), *iot_steps(aws)]

    def one(self, kind: type[Kind]) -> Kind:
        made = (step.step for step in self._all if isinstance(step, SortedStep))
        return next(step for step in made if isinstance(step, kind))


def _nothing_asked(*_: object, **__: object) -> list[AskedFor]:
    return []


def _nothing_in_use(**_: object) -> None:
    return None


def inventories(
    outside: Outside,
    offered: Mapping[str, OfferedProduct] | None = None,
    ever_asked: EverAsked = _nothing_asked,
    in_use: AccountsInUse = _nothing_in_use,
) -> Mapping[ThingKind, Inventory]:
    """Return what a sweep lists, by kind. Reaches nothing yet."""
    swept = {
        name: one.make_swept(ever_asked)
        for name, one in (offered or {}).items()
        if one.make_swept is not None
    }
    aws, settings = outside.aws, outside.settings
    one = _Steps(outside).one
    every = [
        *SweptAccounts(
            aws, settings.account_email_pattern, one(OrganizationAccount), one(OrganizationUnit)
        ).inventories(),
        *SweptSignIn(aws, one(IdentityCenterSignIn)).inventories(),
        budgets(aws, one(Budget)),
        *analytics(
            aws,
            settings.quicksight_namespace,
            one(AthenaWorkgroup),
            one(GlueDatabase),
            one(LakeFormationPermission),
        ),
        *devices(aws, one(IotCertificate), one(IotPolicy), one(IotThingGroup)),
        crm_users(outside.crm, settings.scim_removal),
        SweptProducts(swept),
        SweptDetection(aws, settings.sandbox_regions, settings.demanded_detection, in_use),
    ]
    return {inventory.kind: inventory for inventory in every}
