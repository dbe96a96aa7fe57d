import pytest
from tests.common_settings import read_common_settings

from chassis.settings import SettingsRefused

PROVIDER = {"OIDC_ISSUER": "https://id.vendor.example", "OIDC_AUDIENCE": "gangway"}


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"OIDC_ISSUER": "https://id.vendor.example"}, "OIDC_AUDIENCE"),
        ({"OIDC_ISSUER": "http://id.vendor.example", "OIDC_AUDIENCE": "gangway"}, "OIDC_ISSUER"),
        ({"OIDC_ISSUER": "https://id.vendor.example?x=1", "OIDC_AUDIENCE": "gangway"}, "OIDC_ISSUER"),
        ({"OIDC_ISSUER": "id.vendor.example", "OIDC_AUDIENCE": "gangway"}, "OIDC_ISSUER"),
        ({"OIDC_ISSUER": "https://id.vendor.example", "OIDC_AUDIENCE": "two words"}, "OIDC_AUDIENCE"),
        ({"OIDC_AUDIENCE": "gangway"}, "OIDC_AUDIENCE"),
        ({"OIDC_REQUIRED_AMR": "otp"}, "OIDC_REQUIRED_AMR"),
        (PROVIDER | {"OIDC_REQUIRED_ACR": 'gold", error="'}, "OIDC_REQUIRED_ACR"),
        (PROVIDER | {"OIDC_REQUIRED_ACR": "g\u00f6ld,\u0436"}, "OIDC_REQUIRED_ACR"),
        (PROVIDER | {"OIDC_ISSUER": "https://[bad"}, "OIDC_ISSUER"),
    ],
)
def test_settings_that_would_let_in_the_wrong_people_stop_the_start(
    environ: dict[str, str], given: dict[str, str], wrong: str
) -> None:
    with pytest.raises(SettingsRefused) as caught:
        read_common_settings(environ | given, "example")
    assert set(caught.value.problems) == {wrong}
