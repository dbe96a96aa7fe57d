"""Mails by Amazon SES (API v2): the raw mail, tagged with its message; the client never retries."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import field
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ConnectionClosedError, ReadTimeoutError

from chassis import failpoints
from chassis.failures import Failure, NeverPossible, NotNow
from chassis.frozen import Frozen
from notifications.domain.letters import Mail
from notifications.domain.messages import Transport
from notifications.handlers.ports import InDoubt, Receipt

if TYPE_CHECKING:
    from types_boto3_sesv2.client import SESV2Client

INTENT_TAG = "intent"
# https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html#API_SendEmail_Errors
ABOUT_THE_MAIL = frozenset({"MessageRejected", "BadRequestException", "InvalidParameterValue"})


class SesTransport(Frozen):
    """The `MailTransport` for SES, and its `MailSession`."""

    client: "SESV2Client"
    configuration_set: str | None = None
    name: Transport = field(default="ses", init=False)

    @contextmanager
    def session(self) -> Iterator["SesTransport"]:
        """The client pools its connections."""
        yield self

    def send(self, mail: Mail) -> Receipt:
        optional: dict[str, Any] = {}
        if self.configuration_set:
            optional["ConfigurationSetName"] = self.configuration_set
        try:
            answer = self.client.send_email(
                FromEmailAddress=mail.sender,
                Destination={"ToAddresses": [mail.recipient]},
                Content={"Raw": {"Data": mail.content}},
                EmailTags=[{"Name": INTENT_TAG, "Value": str(mail.intent)}],
                **optional,
            )
        except ClientError as refused:
            raise _sorted(refused) from refused
        except (ReadTimeoutError, ConnectionClosedError) as cut:
            raise InDoubt("mail_service_unreachable", f"SES may have taken the mail: {cut}") from cut
        except BotoCoreError as broken:
            raise NotNow("mail_service_unreachable", f"SES cannot be reached: {broken}") from broken
        failpoints.reach("mail.after_taken")
        return Receipt(answer.get("MessageId"))


def ses_client(timeout_seconds: float = 15) -> "SESV2Client":
    """A client configured by the AWS variables; it does not retry a call that timed out."""
    config = Config(
        retries={"mode": "standard", "total_max_attempts": 1},
        connect_timeout=timeout_seconds,
        read_timeout=timeout_seconds,
    )
    return boto3.client("sesv2", config=config)


def _sorted(refused: ClientError) -> Failure:
    """Errors about this mail are final; those about our account, its limits or the service pass."""
    error = refused.response.get("Error", {})
    code, words = error.get("Code", ""), error.get("Message", "")
    said = f"SES said: {code} {words}".strip()
    status = refused.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in ABOUT_THE_MAIL:
        return NeverPossible("mail_refused", said)
    if status == 429 or status >= 500 or code in {"TooManyRequestsException", "LimitExceededException"}:
        return NotNow("mail_service_busy", said)
    return NotNow("mail_service_refuses_us", said)
