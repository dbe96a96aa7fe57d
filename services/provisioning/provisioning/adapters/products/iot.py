"""IoT: a group for the partner's things, a first gateway with a certificate, and devices it adds."""

from provisioning.adapters.product_kinds import LeaseParameters, OfferedProduct, ProductKind, whole
from provisioning.domain.products import FurtherDevices, Product, StepOfProduct

# Each check visits them one after the other.
DEVICES_MOST = 100
DEVICE_QUOTA = "device_quota"


class IotParameters(LeaseParameters):
    """How many gateways: only the first so far. How many devices there may be, including the gateway."""

    gateway_count = whole(1)
    device_quota = whole(DEVICES_MOST, is_required=False)


IOT = OfferedProduct(
    product=Product(
        "iot",
        (
            StepOfProduct(name="iot_thing_group"),
            StepOfProduct(name="iot_policy"),
            StepOfProduct(name="iot_gateway", needs=("iot_thing_group",)),
            StepOfProduct(
                name="iot_certificate",
                needs=("iot_policy", "iot_gateway"),
                holds=("iot_policy", "iot_gateway"),
                is_brake=True,
            ),
            StepOfProduct(name="iot_endpoint", stays=True),
        ),
        ("thing_group", "thing_name", "certificate_id", "endpoint", "topic_root", DEVICE_QUOTA),
        collectable_fact="secret_name",
        key_step="iot_certificate",
        changeable=(DEVICE_QUOTA,),
        devices=FurtherDevices(
            steps=("iot_gateway", "iot_certificate"),
            shared_facts=("thing_group", "endpoint", "topic_root"),
            quota=DEVICE_QUOTA,
        ),
    ),
    parameters=IotParameters(),
    make_steps=lambda outside: outside.iot_steps(),
)

KIND = ProductKind(offer=lambda _name, _settings: IOT)
