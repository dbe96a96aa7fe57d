"""What a sweep lists outside, by kind."""

from collections.abc import Mapping

from provisioning.adapters.aws.budget import Budget
from provisioning.adapters.aws.identity_center import IdentityCenterSignIn
from provisioning.adapters.aws.swept_accounts import SweptAccounts, budgets
from provisioning.adapters.aws.swept_analytics import analytics
from provisioning.adapters.aws.swept_detection import SweptDetection
from provisioning.adapters.aws.swept_devices import devices
from provisioning.adapters.aws.swept_sign_in import SweptSignIn
from provisioning.adapters.crm_sweep import crm_users
from provisioning.adapters.outside import Outside
from provisioning.adapters.product_kinds import OfferedProduct
from provisioning.adapters.swept_products import SweptProducts
from provisioning.domain.findings import ThingKind
from provisioning.handlers.account_ports import AccountsInUse
from provisioning.handlers.ports import EverAsked, Inventory


def inventories(
    outside: Outside,
    offered: Mapping[str, OfferedProduct],
    ever_asked: EverAsked,
    in_use: AccountsInUse,
) -> Mapping[ThingKind, Inventory]:
    """Return what a sweep lists, by kind. Makes no call yet."""
    swept = {name: one.make_swept(ever_asked) for name, one in offered.items() if one.make_swept is not None}
    aws, settings = outside.aws, outside.settings
    every = [
        *SweptAccounts(aws, settings.account_email_pattern, outside.account, outside.unit).inventories(),
        *SweptSignIn(aws, IdentityCenterSignIn(aws)).inventories(),
        budgets(aws, Budget(aws, settings.budget_alert_email)),
        *analytics(aws, settings),
        *devices(aws),
        crm_users(outside.crm, settings.scim_removal),
        SweptProducts(swept),
        SweptDetection(aws, settings.sandbox_regions, settings.demanded_detection, in_use),
    ]
    return {inventory.kind: inventory for inventory in every}
