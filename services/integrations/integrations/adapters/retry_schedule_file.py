"""The retry schedule, read from its file; all wrong entries are reported together."""

from datetime import timedelta
from pathlib import Path

from marshmallow import fields, validate

from chassis.http.strict_fields import ShortList, StrictSchema, Whole
from chassis.settings.yaml_files import read_yaml
from integrations.domain.retry_schedule import RetrySchedule

_MOST_WAIT_SECONDS = 7 * 86_400


class RetryScheduleSchema(StrictSchema):
    """The whole file."""

    waits_seconds = ShortList(
        fields.Float(validate=validate.Range(min=0.05, max=_MOST_WAIT_SECONDS)),
        least=1,
        most=100,
        required=True,
    )
    jitter = fields.Float(required=True, validate=validate.Range(min=0, max=0.9))
    retry_after_most_hours = Whole(required=True, least=1, most=240)
    disable_after_hours = Whole(required=True, least=1, most=720)


def read_retry_schedule(file: Path) -> RetrySchedule:
    """The schedule; raises FileRefused."""
    read = read_yaml(file, RetryScheduleSchema())
    return RetrySchedule(
        waits=tuple(timedelta(seconds=seconds) for seconds in read["waits_seconds"]),
        jitter=read["jitter"],
        retry_after_most=timedelta(hours=read["retry_after_most_hours"]),
        disable_after=timedelta(hours=read["disable_after_hours"]),
    )
