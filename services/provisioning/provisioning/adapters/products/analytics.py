"""Analytics: a workgroup with a scan limit, a database, and seats for people."""

from marshmallow import fields, validate

from provisioning.adapters.product_kinds import LeaseParameters, OfferedProduct, ProductKind
from provisioning.domain.products import Product, Results, StepOfProduct


class AnalyticsParameters(LeaseParameters):
    """Size of an analytics workgroup; Athena's smallest scan limit is 10 MB.

    ``results_kept_days``: how long the results of queries are kept after the end of the grant.
    """

    scan_limit_bytes = fields.Integer(
        required=True, strict=True, validate=validate.Range(min=10_000_000, max=7_000_000_000_000_000)
    )
    quicksight_role = fields.String(required=True, validate=validate.OneOf(("READER", "AUTHOR")))
    results_kept_days = fields.Integer(strict=True, validate=validate.Range(min=0, max=3650))


ANALYTICS = OfferedProduct(
    product=Product(
        "analytics",
        (
            StepOfProduct(name="analytics_workgroup"),
            StepOfProduct(name="analytics_database"),
            StepOfProduct(name="analytics_permission", needs=("analytics_database",), is_brake=True),
            StepOfProduct(name="analytics_seats", needs=("analytics_workgroup", "analytics_permission")),
        ),
        ("workgroup", "database", "region", "sign_in_url"),
        people_step="analytics_seats",
        changeable=("scan_limit_bytes", "quicksight_role", "results_kept_days"),
        results=Results(
            folder="workgroup", location="results_location", days="results_kept_days", days_unless_said=30
        ),
    ),
    parameters=AnalyticsParameters(),
    make_steps=lambda outside: outside.analytics_steps(),
)

KIND = ProductKind(offer=lambda _name, _settings: ANALYTICS)
