"""The OpenAPI document of each service, judged by another's validator: seconds for each."""

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from tests.contracts.services import SERVICES, service


@pytest.mark.parametrize("name", SERVICES)
def test_it_is_openapi(name: str) -> None:
    document = service(name).create_web_app().test_client().get("/openapi.json").json
    OpenAPIV31SpecValidator(document).validate()
