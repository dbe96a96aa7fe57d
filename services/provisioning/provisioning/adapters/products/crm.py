"""The CRM: a user for each of the partner's people, in the group of its tier."""

from marshmallow import fields, validate

from provisioning.adapters.product_kinds import LeaseParameters, OfferedProduct, ProductKind
from provisioning.domain.products import Product, StepOfProduct


class CrmParameters(LeaseParameters):
    """The group of the tier."""

    scim_group = fields.String(
        required=True, validate=validate.Regexp(r"^[A-Za-z0-9][A-Za-z0-9._ -]{0,63}\Z")
    )


CRM = OfferedProduct(
    product=Product(
        "crm",
        (
            StepOfProduct(name="crm_group", stays=True),
            StepOfProduct(name="crm_users", needs=("crm_group",), is_brake=True),
        ),
        ("group", "group_id", "user_count", "sign_in_url"),
        people_step="crm_users",
        changeable=("scim_group",),
    ),
    parameters=CrmParameters(),
    make_steps=lambda outside: outside.crm_steps(),
)

KIND = ProductKind(offer=lambda _name, _settings: CRM)
