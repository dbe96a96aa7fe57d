"""A cloud sandbox: an account of its own in the vendor's AWS organization, with limits and a budget."""

from marshmallow import fields, validate

from provisioning.adapters.aws.policy_documents import LIMITS, REGION
from provisioning.adapters.product_kinds import LeaseParameters, OfferedProduct, ProductKind, whole
from provisioning.domain.leases import DAYS_MOST
from provisioning.domain.products import Product, StepOfProduct


def _names(form: str, most: int) -> "fields.List[str]":
    name = fields.String(validate=validate.Regexp(form))
    return fields.List(name, validate=validate.Length(1, most))


class SandboxParameters(LeaseParameters):
    """Size of a cloud sandbox, and what happens when it costs too much (`BudgetTerms`).

    The guard rail denies everything that the allow lists do not name; without lists, everything is allowed,
    in `SANDBOX_REGIONS`. Services are named as in IAM actions, instance types as in EC2, with ``*``.
    """

    budget_usd_per_month = whole(1_000_000)
    budget_thresholds_percent = fields.List(whole(1000), required=True, validate=validate.Length(1, 5))
    budget_freeze_percent = fields.Integer(strict=True, allow_none=True, validate=validate.Range(1, 1000))
    budget_end_percent = fields.Integer(strict=True, allow_none=True, validate=validate.Range(1, 1000))
    lease_days = whole(DAYS_MOST)
    allowed_regions = _names(REGION, 20)
    allowed_services = _names(r"^[a-z][a-z0-9-]{1,40}\Z", 100)
    allowed_instance_types = _names(r"^[a-z0-9*][a-z0-9.*-]{0,30}\Z", 40)


SANDBOX = OfferedProduct(
    product=Product(
        "cloud_sandbox",
        (
            StepOfProduct(name="sandbox_account"),
            StepOfProduct(
                name="sandbox_unit",
                needs=("sandbox_account",),
                holds=("sandbox_guard_rail",),
                inside="sandbox_account",
                is_brake=True,
            ),
            StepOfProduct(name="sandbox_guard_rail", needs=("sandbox_account",), inside="sandbox_account"),
            StepOfProduct(name="sandbox_role", needs=("sandbox_account",), inside="sandbox_account"),
            StepOfProduct(name="sandbox_budget", needs=("sandbox_account",)),
            StepOfProduct(
                name="sandbox_sign_in",
                needs=("sandbox_unit", "sandbox_guard_rail", "sandbox_role", "sandbox_budget"),
                is_brake=True,
            ),
        ),
        ("account_id", "role_arn", "sign_in_url"),
        people_step="sandbox_sign_in",
        contact_steps=("sandbox_budget",),
        account_step="sandbox_account",
        changeable=(
            "budget_usd_per_month",
            "budget_thresholds_percent",
            "budget_freeze_percent",
            "budget_end_percent",
            *LIMITS,
        ),
    ),
    parameters=SandboxParameters(),
    make_steps=lambda outside: outside.sandbox_steps(),
)

KIND = ProductKind(offer=lambda _name, _settings: SANDBOX)
