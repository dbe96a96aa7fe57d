"""The containers are told all that the services need to know, share no secret, and may do little."""

import ast
import json
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import botocore.session
import pytest
import yaml
from click.testing import CliRunner
from tests.packages import PACKAGES, Package

from chassis.http.gunicorn_settings import GRACEFUL_TIMEOUT_SECONDS
from chassis.running.runner import LEAVE_WITHIN_SECONDS
from chassis.translations import LANGUAGES
from local_stack.kafka_cluster.security import scram_users
from local_stack.keys_command import keys
from local_stack.port_plan import EVERY_SERVICE, PROCESSES_OF, SITE_PATHS, PortPlan
from local_stack.postgres import SETTINGS
from local_stack.settings import DEFAULT_PORT_BASE, REPOSITORY
from provisioning.adapters.aws.clients import ServiceClients

FILE: dict[str, Any] = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())
COMPOSE: dict[str, Any] = FILE["services"]
OURS = {
    f"{service}-{process}": service
    for service, processes in PROCESSES_OF.items()
    for process in (*processes, "migrate")
} | {"console-web": "console"}
# Without a provider there is no console.
PROVIDER = {"OIDC_ISSUER": "https://id.vendor.example", "OIDC_AUDIENCE": "gangway"}
ONCE = {name for name, told in COMPOSE.items() if told["restart"] != "unless-stopped"}
LASTING = sorted(COMPOSE.keys() - ONCE)
# The folder below the one that `gangway keys` is given.
KEY_VOLUMES = {name: name.removeprefix("keys-") for name in FILE["volumes"] if name.startswith("keys-")}


def filled(text: str) -> str:
    """What Compose makes of `${NAME:-default}` when nothing is set."""
    while text != (inner := re.sub(r"\$\{\w+:-([^{}]*)\}", r"\1", text)):
        text = inner
    return text


def handed_out(folder: Path) -> Path:
    done = CliRunner().invoke(keys, [str(folder), *map(filled, COMPOSE["keys"]["command"][2:])])
    assert done.exit_code == 0, done.output
    return folder


def mounts(name: str) -> dict[str, str]:
    """Where the container sees which volume or folder."""
    return {target: source for source, target, *_ in (v.split(":") for v in COMPOSE[name].get("volumes", []))}


def environment_of(name: str, folder: Path) -> dict[str, str]:
    """What a container's process sees, its mounted keys being ours, beside a provider."""
    seen = {key: filled(value) for key, value in COMPOSE[name]["environment"].items()}
    for target, source in mounts(name).items():
        if source in KEY_VOLUMES:
            place = folder / KEY_VOLUMES[source]
            seen = {key: value.replace(f"{target}/", f"{place}/") for key, value in seen.items()}
        elif source.startswith("./"):
            seen = {key: value.replace(target, str(REPOSITORY / source)) for key, value in seen.items()}
    return {**seen, **PROVIDER}


@pytest.mark.parametrize("name", OURS)
def test_every_process_accepts_its_settings(name: str, tmp_path: Path) -> None:
    environ = environment_of(name, handed_out(tmp_path))
    import_module(f"{OURS[name]}.settings").read_settings(environ)
    for key, value in environ.items():
        if key.endswith("_FILE"):
            assert Path(value).is_file(), f"{name}: {key}"


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_one_that_is_read(name: str, tmp_path: Path) -> None:
    """A name that nobody reads is a slip: without it, nothing changes."""

    class Noting(dict[str, str]):
        def get(self, key: str, default: Any = None) -> Any:
            asked.add(key)
            return super().get(key, default)

    asked: set[str] = set()
    import_module(f"{OURS[name]}.settings").read_settings(Noting(environment_of(name, handed_out(tmp_path))))
    left = {key for key in COMPOSE[name]["environment"] if key not in asked and not key.startswith("AWS_")}
    assert left == set()


def test_the_console_is_started_only_on_demand_and_asks_every_service() -> None:
    """It ends at once without a provider, and would hold up `docker compose up --wait`."""
    assert [name for name, told in COMPOSE.items() if "profiles" in told] == ["console-web"]
    told = COMPOSE["console-web"]["environment"]
    for service in EVERY_SERVICE:
        assert told[f"{service.upper()}_URL"] == f"http://{service}-web:8000"
    assert not [name for name, told in COMPOSE.items() if "console-web" in told.get("depends_on", {})]


def test_the_gateway_leads_each_published_port_to_its_service() -> None:
    told = (REPOSITORY / "infra/gateway/nginx.conf").read_text()
    led = dict(re.findall(r"listen (\d+);\s+set \$service http://\$?([a-z]+)(?:-web)?:8000;", told))
    plan = PortPlan(DEFAULT_PORT_BASE)
    published = (filled(port).split(":") for port in COMPOSE["gateway"]["ports"])
    assert {led[inside]: int(outside) for _, outside, inside in published} == {
        service: plan.of(service) for service in (*EVERY_SERVICE, "console", "site")
    }


def test_integrators_come_to_kafka_with_passwords_and_rights_as_on_the_local_stack() -> None:
    """Names as the image reads them: one underscore is a dot, three are a dash."""
    told = {
        key.removeprefix("KAFKA_").lower().replace("___", "-").replace("_", "."): filled(value)
        for key, value in COMPOSE["kafka"]["environment"].items()
    }
    assert scram_users("users").items() <= told.items()
    assert told["super.users"] == "User:ANONYMOUS", "the services, by a network of their own"
    listeners = dict(one.split("://") for one in told["advertised.listeners"].split(","))
    assert "USERS:SASL_PLAINTEXT" in told["listener.security.protocol.map"]
    seen = COMPOSE["integrations-worker"]["environment"]
    assert listeners["USERS"] == filled(seen["KAFKA_USERS_SERVERS"])
    assert seen["KAFKA_USERS_PROTOCOL"] == "SASL_PLAINTEXT"


@pytest.mark.parametrize("name", ["onboarding-web", "provisioning-web", "integrations-web"])
def test_strangers_are_told_apart_behind_the_gateway(name: str) -> None:
    """Or all of them would be one, and use up each other's limits."""
    assert COMPOSE[name]["environment"]["TRUSTED_PROXIES"] == "1"


@pytest.mark.parametrize("name", OURS)
def test_every_setting_of_the_provider_is_passed_on(name: str) -> None:
    """Whoever the console signs in, the services must take by the same rules."""
    names = {"OIDC_ISSUER", "OIDC_AUDIENCE", "OIDC_ROLES_CLAIM", "OIDC_NAME_CLAIM"}
    assert names | {"OIDC_REQUIRED_ACR", "OIDC_REQUIRED_AMR"} <= COMPOSE[name]["environment"].keys()


def test_each_private_file_is_seen_by_one_process_group_only() -> None:
    readers: dict[str, set[str]] = {}
    for name in COMPOSE:
        for source in mounts(name).values():
            if source in KEY_VOLUMES and name != "keys":
                readers.setdefault(KEY_VOLUMES[source], set()).add(OURS.get(name, name))
    topics = {"topics"}  # onboarding's, before it has a database
    assert readers == {
        "public": {*EVERY_SERVICE, *topics},
        "onboarding": {"onboarding", *topics},
        "provisioning": {"provisioning"},
        "notifications": {"notifications"},
        "integrations": {"integrations"},
        "console": {"console"},
        "postgres": {"postgres", "databases"},
        "directory": {"scim"},
    }
    for name in COMPOSE.keys() - {"keys"}:
        for volume in COMPOSE[name].get("volumes", []):
            assert not volume.startswith("keys-") or volume.endswith(":ro"), f"{name} could change {volume}"


def test_a_private_key_reaches_one_service_only(tmp_path: Path) -> None:
    holders: dict[str, set[str]] = {}
    keys: list[str] = []
    for path in handed_out(tmp_path).rglob("*"):
        if path.is_file() and "PRIVATE KEY" in path.read_text() and path.parent.name != "operator":
            holders.setdefault(path.name, set()).add(path.parent.name)
            keys.append(path.read_text())
    # Both sign people in, each with a key of its own.
    sessions = {"onboarding", "integrations"}
    assert holders == {"session_private_key": sessions, "link_private_key": {"notifications"}}
    assert len(set(keys)) == len(keys)


def test_every_role_of_the_database_has_a_password_of_its_own(tmp_path: Path) -> None:
    files = sorted((handed_out(tmp_path) / "postgres").iterdir())
    assert [path.name for path in files] == [
        *sorted(f"{one}_password" for one in (*EVERY_SERVICE, "superuser"))
    ]
    assert len({path.read_text() for path in files}) == len(EVERY_SERVICE) + 1
    for service in EVERY_SERVICE:
        url = (tmp_path / service / "database_url").read_text()
        assert (tmp_path / f"postgres/{service}_password").read_text() in url


def test_drawing_keys_again_keeps_them_and_heals_what_was_lost(tmp_path: Path) -> None:
    before = {path: path.read_text() for path in handed_out(tmp_path).rglob("*") if path.is_file()}
    (tmp_path / "onboarding/session_private_key").unlink()
    handed_out(tmp_path)
    assert {path: path.read_text() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_keys_of_an_older_version_are_kept(tmp_path: Path) -> None:
    """Data depends on what was drawn: a new kind of secret must not draw the others anew."""
    kept = json.loads((handed_out(tmp_path) / "operator/keys.json").read_text())
    del kept["scim_token"]
    (tmp_path / "operator/keys.json").write_text(json.dumps(kept))
    handed_out(tmp_path)
    now = json.loads((tmp_path / "operator/keys.json").read_text())
    assert {name: now[name] for name in kept} == kept
    assert now["scim_token"]


def test_damaged_keys_are_told_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "operator/keys.json"
    path.parent.mkdir()
    path.write_text("{")
    done = CliRunner().invoke(keys, [str(tmp_path)])
    assert done.exit_code == 1
    assert f"{path} is damaged" in done.output
    assert path.read_text() == "{"


def test_files_are_read_by_those_who_are_meant_to(tmp_path: Path) -> None:
    modes = {
        str(path.relative_to(tmp_path)): path.stat().st_mode & 0o777
        for path in handed_out(tmp_path).rglob("*")
        if path.is_file() and path.stat().st_size
    }
    wanted = {
        name: 0o444 if name.startswith("public/") else 0o400 if name.startswith("operator/") else 0o440
        for name in modes
    }
    assert modes == {**wanted, "operator/keys.json": 0o600}


@pytest.mark.parametrize("name", COMPOSE)
def test_nothing_secret_stands_in_an_environment_or_a_command(name: str) -> None:
    told = COMPOSE[name]
    for key, value in told.get("environment", {}).items():
        if re.search("PASSWORD|TOKEN|SECRET|PRIVATE_KEY|DATABASE_URL|CREDENTIALS", key):
            assert key.endswith("_FILE"), f"{key} holds the secret itself"
            assert value.startswith("/keys/"), key
    assert not re.search(r"://[^/\s]*:[^/\s]*@", json.dumps(told)), "a password in an address"


@pytest.mark.parametrize("name", COMPOSE)
def test_every_container_is_hardened(name: str) -> None:
    told = COMPOSE[name]
    assert told["read_only"] is True
    assert told["cap_drop"] == ["ALL"]
    assert "cap_add" not in told
    assert told["security_opt"] == ["no-new-privileges:true"]
    assert told["tmpfs"][0] == COMPOSE["keys"]["tmpfs"][0]
    assert told["mem_limit"]
    assert told["pids_limit"]
    assert told["init"] is True
    assert told["logging"]["options"].keys() == {"max-size", "max-file"}
    assert str(told.get("user", "not root")) not in {"root", "0", "0:0"}


def test_postgresql_is_set_as_in_the_local_stack() -> None:
    about_its_place = {"listen_addresses", "unix_socket_directories"}
    wanted = {f"--{key}={value}" for key, value in SETTINGS.items() if key not in about_its_place}
    assert wanted <= set(COMPOSE["postgres"]["command"])


@pytest.mark.parametrize("name", LASTING)
def test_every_lasting_container_is_checked(name: str) -> None:
    check = COMPOSE[name]["healthcheck"]
    assert check["test"][0] == "CMD"
    assert {"interval", "timeout", "retries", "start_period"} <= check.keys()


def test_what_runs_once_may_run_again() -> None:
    assert {"keys", "databases", "topics", *(f"{service}-migrate" for service in EVERY_SERVICE)} == ONCE
    for name in ONCE:
        assert COMPOSE[name]["restart"] in {"no", "on-failure:5"}


@pytest.mark.parametrize("name", COMPOSE)
def test_everybody_waits_for_what_is_needed(name: str) -> None:
    """A lasting one has to be healthy, a passing one done."""
    for needed, how in COMPOSE[name].get("depends_on", {}).items():
        wanted = "service_completed_successfully" if needed in ONCE else "service_healthy"
        assert how["condition"] == wanted, f"{name} on {needed}"


@pytest.mark.parametrize("name", LASTING)
def test_docker_waits_longer_than_a_process_takes_to_leave(name: str) -> None:
    seconds = int(COMPOSE[name]["stop_grace_period"].removesuffix("s"))
    assert seconds > max(LEAVE_WITHIN_SECONDS, GRACEFUL_TIMEOUT_SECONDS) + 5


def test_each_image_is_built_once() -> None:
    built: dict[str, list[str]] = {}
    for name, told in COMPOSE.items():
        if "build" in told:
            built.setdefault(told["image"], []).append(name)
    assert {image.split(":")[0]: len(names) for image, names in built.items()} == {
        "gangway-services": 1,
        "gangway-local": 1,
        "gangway-gateway": 1,
    }
    ours = {told["image"] for told in COMPOSE.values() if told["image"].startswith("gangway")}
    assert ours == built.keys()
    targets = {told["build"]["target"] for told in COMPOSE.values() if "build" in told}
    stages = re.findall(r"^FROM .* AS (\S+)$", (REPOSITORY / "infra/images/Dockerfile").read_text(), re.M)
    assert targets <= set(stages)


def packages_built(stage: str) -> set[Package]:
    """Whose wheels a stage of the Dockerfile builds."""
    told = (REPOSITORY / "infra/images/Dockerfile").read_text()
    [lines] = re.findall(rf"^FROM \S+ AS {stage}$(.*?)(?=^FROM |\Z)", told, re.M | re.S)
    projects = re.findall(r"build-wheels\.sh ([^&]+) &&", lines)[0].split()
    return {one for one in PACKAGES if any((one.folder / "pyproject.toml").match(each) for each in projects)}


def test_the_services_image_holds_services_only() -> None:
    built = packages_built("services-build")
    assert {one.folder.parent.name for one in built if one.module != "operator_client"} == {"services"}
    assert {one.module for one in packages_built("services-build")} >= set(EVERY_SERVICE)


def test_the_local_image_holds_no_service_and_nothing_that_breaks_one() -> None:
    """The services that a local stack starts have an image of their own here."""
    built = {one.module for one in packages_built("local-build")}
    assert built == {"local_stack", "operator_cli", "operator_client", "chassis"}


def test_whoever_copies_files_into_an_image_finds_them_in_its_context() -> None:
    """.dockerignore names all that is copied, and nothing else."""
    copied = set()
    for line in (REPOSITORY / "infra/images/Dockerfile").read_text().splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            copied |= set(line.split()[1:-1])
    allowed = {
        line.removeprefix("!")
        for line in (REPOSITORY / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    }
    locks = {one for one in copied if one.startswith("requirements/")}
    folders = {one for one in copied - locks if not any(one.startswith(f"{other}/") for other in copied)}
    assert allowed == folders | {"requirements/*.txt"}


def test_the_published_ports_are_the_local_stacks_and_on_this_machine_only() -> None:
    plan = PortPlan(DEFAULT_PORT_BASE)
    published = [filled(port) for told in COMPOSE.values() for port in told.get("ports", [])]
    assert sorted(published) == sorted(
        [
            f"127.0.0.1:{plan.of('onboarding')}:8000",
            f"127.0.0.1:{plan.of('provisioning')}:8001",
            f"127.0.0.1:{plan.of('notifications')}:8002",
            f"127.0.0.1:{plan.of('integrations')}:8003",
            f"127.0.0.1:{plan.of('console')}:8004",
            f"127.0.0.1:{plan.of('site')}:8005",
            f"127.0.0.1:{plan.of('aws')}:5000",
            f"127.0.0.1:{plan.of('scim')}:5000",
            f"127.0.0.1:{plan.of('mailbox')}:8080",
            f"127.0.0.1:{plan.kafka('internal', 1)[0]}:9094",
        ]
    )
    for service, path in SITE_PATHS.items():
        public = filled(COMPOSE[f"{service}-web"]["environment"]["PUBLIC_URL"])
        assert public == plan.url("site") + path


def test_only_who_needs_them_reaches_database_and_broker() -> None:
    reachable = {
        network: {name for name, told in COMPOSE.items() if network in told.get("networks", [])}
        for network in FILE["networks"]
    }
    services = OURS.keys() - {"console-web"}
    assert reachable["databases"] == services | {"postgres", "databases", "topics"}
    assert reachable["events"] == services | {"kafka", "topics"}
    assert reachable["front"] == {"gateway", *(f"{one}-web" for one in (*EVERY_SERVICE, "console"))}
    assert reachable["users"] == {"kafka"}
    assert FILE["networks"]["databases"]["internal"] is FILE["networks"]["events"]["internal"] is True


def test_images_keep_what_every_language_needs() -> None:
    prune = (REPOSITORY / "infra/images/prune.sh").read_text()
    assert [code for code in LANGUAGES if f"! -name '{code}*.dat'" not in prune] == []


def test_images_keep_the_models_of_every_aws_service_that_is_called() -> None:
    """The adapters call a service by its name, and fail where its model is missing."""
    prune = (REPOSITORY / "infra/images/prune.sh").read_text()
    kept = set(re.findall(r"^called=\((.*?)\)", prune, re.M | re.S)[0].split())
    aws = (REPOSITORY / "services/provisioning/provisioning/adapters/aws").glob("*.py")
    mail = REPOSITORY / "services/notifications/notifications/adapters/ses_transport.py"
    words = {
        one.value
        for path in (*aws, mail)
        for one in ast.walk(ast.parse(path.read_text()))
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
    }
    attributes = {name.replace("_", "-") for name in ServiceClients.__annotations__}
    named = (words | attributes) & set(botocore.session.get_session().get_available_services())
    assert named - kept == {"ses"}, "a transport's name, not a service that is called"
    assert kept - named == {"signin", "sso", "sso-oidc"}
