"""The results of a workgroup's queries in S3, which outlive the grant until their retention ends.

Deleted one by one: a lifecycle rule for each partner would hit a bucket's limit of 1,000 rules, and would
delete the new results of a partner who gets the product again.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from chassis.failures import Kind, NeverPossible, NotNow
from chassis.redaction import redacted_cause
from provisioning.adapters.aws import marks
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.failures import aws_failures_sorted, known_kind, tolerated

if TYPE_CHECKING:
    from types_boto3_s3.type_defs import ObjectIdentifierTypeDef

_LOCATION = re.compile(r"s3://(?P<bucket>[^/]+)/(?P<prefix>(?:[^/]+/)*(?P<folder>[^/]+)/)")


class S3Results:
    """Implements the port `ResultStore`. Old versions and delete markers are deleted too."""

    def __init__(self, aws: AwsClients) -> None:
        self._aws = aws

    def delete_some(self, location: str, made_before: datetime) -> bool:
        """Delete up to 1,000 versions: one page of S3, and one call."""
        bucket, prefix = _own_folder(location)
        with aws_failures_sorted(), tolerated("NoSuchBucket"):
            page = self._aws.read.s3.list_object_versions(Bucket=bucket, Prefix=prefix)
            every: list[Any] = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            old = [
                one for one in every if one["LastModified"] < made_before and one["Key"].startswith(prefix)
            ]
            self._delete(bucket, [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in old])
            return len(old) < len(every) or page["IsTruncated"]
        return False

    def _delete(self, bucket: str, versions: "Iterable[ObjectIdentifierTypeDef]") -> None:
        """Raises NotNow if some could not be deleted; the others are gone all the same."""
        if not (which := list(versions)):
            return
        answer = self._aws.write.s3.delete_objects(Bucket=bucket, Delete={"Objects": which, "Quiet": True})
        if left := answer.get("Errors", []):
            code, said = left[0].get("Code", ""), left[0].get("Message", "")
            message = redacted_cause(f"S3 keeps {len(left)} of {len(which)} results: {code} {said}")
            raise NotNow("results_kept_by_s3", message, kind=known_kind(code) or Kind.UNAVAILABLE)


def _own_folder(location: str) -> tuple[str, str]:
    """Return bucket and prefix. Raises NeverPossible unless it is one partner's folder alone."""
    found = _LOCATION.fullmatch(location)
    if found is None or marks.of_partner(found["folder"]) is None:
        raise NeverPossible("results_not_of_a_partner", "This is no folder of one partner's workgroup.")
    return found["bucket"], found["prefix"]
