"""IoT: a group, a policy, a gateway with its certificate."""

import json

from tests.benchmarks.bare_onboarding.aws import client, is_there
from tests.benchmarks.bare_onboarding.company import Company

from provisioning.adapters.aws import policy_documents
from provisioning.adapters.aws.device_certificate import DeviceCertificate


def make_gateway(company: Company) -> None:
    """Everything in its order."""
    iot, thing = client("iot"), f"{company.name}-gateway-1"
    iot.create_thing_group(thingGroupName=company.name, tags=company.tags)
    document = policy_documents.device(client="*", topics=f"{company.name}/*", filters=f"{company.name}/*")
    iot.create_policy(policyName=company.name, policyDocument=json.dumps(document), tags=company.tags)
    is_there(iot.describe_thing, thingName=thing)
    iot.create_thing(thingName=thing, attributePayload={"attributes": {"partner_id": company.key}})
    iot.add_thing_to_thing_group(thingGroupName=company.name, thingName=thing)
    certificate = _certificate(company, thing)
    iot.attach_policy(policyName=company.name, target=certificate)
    iot.attach_thing_principal(thingName=thing, principal=certificate)
    iot.describe_certificate(certificateId=certificate.rsplit("/", 1)[1])
    iot.describe_endpoint(endpointType="iot:Data-ATS")


def _certificate(company: Company, thing: str) -> str:
    """Its ARN; the key is kept in Secrets Manager."""
    iot, secrets = client("iot"), client("secretsmanager")
    iot.list_thing_principals(thingName=thing)
    is_there(secrets.get_secret_value, SecretId=company.name)
    made = DeviceCertificate.create(thing)
    secrets.create_secret(Name=company.name, SecretString=made.to_json(), Tags=company.tags)
    registered = iot.register_certificate_without_ca(certificatePem=made.certificate_pem, status="ACTIVE")
    arn: str = registered["certificateArn"]
    return arn
