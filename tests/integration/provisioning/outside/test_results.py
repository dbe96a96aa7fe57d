"""Results of queries in S3 outlive their grant by the catalogue's days, and nobody else's go with them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.integration.provisioning.conftest import ProvisioningOnPostgres, provisioning_on
from tests.integration.provisioning.outside.world import World
from tests.integration.provisioning.results_kept import a_minute, row
from tests.unit.provisioning.fake_money import SimulatedClock
from tests.unit.provisioning.fake_outside import FakeOutside

from chassis import clock as real_clock
from chassis.failures import Kind, NeverPossible, NotNow
from provisioning.adapters.aws.s3_results import S3Results
from provisioning.domain.grant_states import State

BUCKET = "gangway-analytics-results"
LATER = datetime.now(UTC) + timedelta(days=365)


def results_bucket(world: World) -> Any:
    """The vendor's bucket, which keeps old versions."""
    s3 = world.inventory.aws("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    return Bucket(s3)


class Bucket:
    """What stands in it, old versions too."""

    def __init__(self, s3: Any) -> None:
        self._s3 = s3

    def put_object(self, **what: Any) -> None:
        self._s3.put_object(Bucket=BUCKET, **what)

    def fill(self, folder: str) -> None:
        """Two results, one of them written twice and then deleted as people do."""
        for key in ("a.csv", "deep/b.csv", "deep/b.csv"):
            self.put_object(Key=f"{folder}/{key}", Body=b"1")
        self._s3.delete_object(Bucket=BUCKET, Key=f"{folder}/deep/b.csv")

    def count(self) -> dict[str, int]:
        """How many versions and delete markers stand below each folder."""
        page = self._s3.list_object_versions(Bucket=BUCKET)
        counts: dict[str, int] = {}
        for one in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
            folder = one["Key"].split("/")[0]
            counts[folder] = counts.get(folder, 0) + 1
        return counts


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimulatedClock:
    simulated = SimulatedClock(datetime.now(UTC))
    monkeypatch.setattr(real_clock, "now", simulated)
    return simulated


@pytest.fixture
def provisioning(database_url: str, world: World, clock: SimulatedClock) -> Iterator[ProvisioningOnPostgres]:
    with provisioning_on(database_url, world.steps, FakeOutside()) as made:
        vars(made.service)["result_store"] = S3Results(world.aws)
        yield made


def granted(provisioning: ProvisioningOnPostgres) -> tuple[UUID, str]:
    partner_id = provisioning.plan("analytics")
    provisioning.work_off()
    grant = provisioning.grant(partner_id, "analytics")
    assert grant.state is State.GRANTED
    return partner_id, grant.outputs["workgroup"]


def leave(provisioning: ProvisioningOnPostgres, partner_id: UUID) -> UUID:
    provisioning.hear("offboarding_started", {"partner_id": str(partner_id)})
    provisioning.work_off()
    grant = provisioning.grant(partner_id, "analytics")
    assert grant.state is State.REVOKED
    assert "gangway.access.cleared.v1" in provisioning.events(partner_id)
    return grant.grant_id


def test_they_go_when_the_days_are_over_and_no_others_do(
    provisioning: ProvisioningOnPostgres, world: World, clock: SimulatedClock
) -> None:
    bucket = results_bucket(world)
    leaving, theirs = granted(provisioning)
    _, others = granted(provisioning)
    frozen, off = granted(provisioning)
    for folder in (theirs, others, off, f"{theirs}--lab", "primary", f"x{theirs}"):
        bucket.fill(folder)
    before = bucket.count()
    provisioning.hear("suspended", {"partner_id": str(frozen)})
    grant_id = leave(provisioning, leaving)
    clock.pass_(days=29, hours=23)
    a_minute(provisioning)
    assert bucket.count() == before
    clock.pass_(hours=2)
    a_minute(provisioning)
    assert bucket.count() == {folder: count for folder, count in before.items() if folder != theirs}
    assert row(provisioning, grant_id).deleted_at == clock.at
    bucket.fill(theirs)
    a_minute(provisioning)
    assert bucket.count() == before, "whoever puts something there afterwards keeps it"


@pytest.mark.parametrize(
    "location",
    [
        f"s3://{BUCKET}/",
        f"s3://{BUCKET}",
        f"s3://{BUCKET}//",
        f"s3://{BUCKET}/results/",
        f"s3://{BUCKET}/gangway-/",
        f"s3://{BUCKET}/gangway-acme-0123456789ab",
        f"s3://{BUCKET}/gangway-acme-0123456789ab/deeper/",
    ],
)
def test_what_is_not_one_partners_folder_is_never_touched(world: World, location: str) -> None:
    with pytest.raises(NeverPossible):
        S3Results(world.aws).delete_some(location, LATER)
    assert world.calls == []


def test_what_is_newer_stays_and_what_s3_keeps_is_told(world: World) -> None:
    bucket, location = results_bucket(world), f"s3://{BUCKET}/deep/gangway-acme-0123456789ab/"
    store = S3Results(world.aws)
    bucket.fill("deep/gangway-acme-0123456789ab")
    assert store.delete_some(location, datetime.now(UTC) - timedelta(hours=1))
    assert bucket.count() == {"deep": 4}
    denied = [{"Key": "a.csv", "Code": "AccessDenied", "Message": "Object is locked"}]
    world.rewrite["s3:DeleteObjects"] = lambda parsed: parsed.update(Errors=denied)
    with pytest.raises(NotNow, match="1 of 4") as caught:
        store.delete_some(location, LATER)
    assert (caught.value.code, caught.value.kind) == ("results_kept_by_s3", Kind.DENIED)
    world.rewrite.clear()
    assert not store.delete_some(location, LATER)
    assert bucket.count() == {}


def test_a_page_is_not_the_end(world: World) -> None:
    bucket = results_bucket(world)
    for number in range(3):
        bucket.put_object(Key=f"gangway-acme-0123456789ab/{number}.csv", Body=b"1")
    world.rewrite["s3:ListObjectVersions"] = lambda page: page.update(
        Versions=page.get("Versions", [])[:2], IsTruncated=len(page.get("Versions", [])) > 2
    )
    store, location = S3Results(world.aws), f"s3://{BUCKET}/gangway-acme-0123456789ab/"
    assert store.delete_some(location, LATER)
    assert not store.delete_some(location, LATER)
    assert bucket.count() == {}


def test_a_bucket_that_is_gone_has_nothing_left(world: World) -> None:
    location = f"s3://{BUCKET}/gangway-acme-0123456789ab/"
    assert not S3Results(world.aws).delete_some(location, LATER)
