"""IoT: one certificate, its key nowhere but in Secrets Manager, and collected once."""

import json

import pytest
from botocore.exceptions import ClientError
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from tests.integration.provisioning.outside.world import World
from tests.unit.provisioning.granting import Granting, order_for

from chassis.failures import NeverPossible, NotNow
from provisioning.adapters.aws.key_secrets import KeySecrets


def test_the_key_in_the_vault_is_the_one_of_the_certificate(world: World) -> None:
    granting = Granting(order_for("iot"), world.steps)
    granting.apply()
    credentials = world.key_vault.read(granting.order, granting.outputs)
    certificate_id = granting.outputs["certificate_id"]
    described = world.inventory.aws("iot").describe_certificate(certificateId=certificate_id)
    pem = described["certificateDescription"]["certificatePem"]
    key = load_pem_private_key(credentials.private_key_pem.encode(), None)

    assert x509.load_pem_x509_certificate(pem.encode()).public_key() == key.public_key()
    assert credentials.certificate_pem == pem
    assert (credentials.thing_name, credentials.endpoint) == (
        granting.outputs["thing_name"],
        granting.outputs["endpoint"],
    )


def test_no_secret_is_in_the_outputs(world: World) -> None:
    granting = Granting(order_for("iot"), world.steps)
    granting.apply()

    assert "PRIVATE" not in json.dumps(granting.outputs)


def test_a_key_taken_out_of_the_vault_is_gone_and_the_certificate_stays(world: World) -> None:
    granting = Granting(order_for("iot"), world.steps)
    granting.apply()
    secrets = KeySecrets(world.aws)
    secrets.destroy(granting.outputs["secret_name"])
    secrets.destroy(granting.outputs["secret_name"])
    with pytest.raises(NeverPossible, match="key_gone"):
        world.key_vault.read(granting.order, granting.outputs)

    certificate_id = granting.outputs["certificate_id"]
    granting.apply()

    assert granting.outputs["certificate_id"] == certificate_id
    assert world.inventory.of("iot")["secrets"] == []
    granting.undo()
    assert not any(world.inventory.of("iot").values())


def test_a_device_may_speak_on_its_partners_topics_only(world: World) -> None:
    granting = Granting(order_for("iot"), world.steps)
    granting.apply()
    name = granting.outputs["policy_name"]
    document = json.loads(world.inventory.aws("iot").get_policy(policyName=name)["policyDocument"])
    resources = {statement["Resource"].split(":", 5)[5] for statement in document["Statement"]}

    assert resources == {
        "client/${iot:Connection.Thing.ThingName}",
        f"topic/partners/{granting.order.slug}/*",
        f"topicfilter/partners/{granting.order.slug}/*",
    }


def test_a_gateway_whose_certificate_aws_still_sees_attached_is_for_later(world: World) -> None:
    """https://docs.aws.amazon.com/iot/latest/apireference/API_DetachThingPrincipal.html: asynchronous."""
    granting = Granting(order_for("iot"), world.steps)
    granting.apply()

    def refuse(_: dict[str, object]) -> None:
        attached = "Cannot delete. Thing is still attached to one or more principals"
        raise ClientError({"Error": {"Code": "InvalidRequestException", "Message": attached}}, "DeleteThing")

    world.rewrite["iot:DeleteThing"] = refuse
    with pytest.raises(NotNow, match="thing_still_attached"):
        world.steps["iot_gateway"].undo(granting.order, granting.outputs)
