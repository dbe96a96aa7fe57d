"""Read the retry schedule from its file; every wrong entry is named before anything is refused."""

from datetime import timedelta
from pathlib import Path

import yaml
from marshmallow import ValidationError, fields, validate

from chassis.http.strict_fields import ShortList, StrictSchema, Whole
from integrations.domain.retry_schedule import RetrySchedule

_MOST_WAIT_SECONDS = 7 * 86_400


class RetryScheduleWrong(ValueError):
    """The file cannot be used; ``problems`` names each wrong entry."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


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
    """Raises RetryScheduleWrong naming every wrong entry, OSError when there is no such file."""
    try:
        read = RetryScheduleSchema().load(yaml.safe_load(file.read_text(encoding="utf-8")))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RetryScheduleWrong([f"{file.name} is no YAML: {' '.join(str(error).split())}"]) from error
    except ValidationError as error:
        problems = [f"{name}: {told}" for name, told in dict(error.messages_dict).items()]
        raise RetryScheduleWrong(problems) from error
    return RetrySchedule(
        waits=tuple(timedelta(seconds=seconds) for seconds in read["waits_seconds"]),
        jitter=read["jitter"],
        retry_after_most=timedelta(hours=read["retry_after_most_hours"]),
        disable_after=timedelta(hours=read["disable_after_hours"]),
    )
