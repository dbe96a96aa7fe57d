"""Each job that a handler defers is a task of its service's worker, and takes the ids that it is given."""

import inspect
from importlib import import_module
from typing import Any, get_type_hints
from uuid import UUID, uuid4

import pytest
from tests.contracts.services import SERVICES, service

from chassis.database.deferred_jobs import Job


@pytest.mark.parametrize("name", SERVICES)
def test_each_name_of_a_job_is_a_task(name: str) -> None:
    """A worker leaves what it does not know to another version for a day: nothing would fail."""
    words = vars(import_module(f"{name}.handlers.jobs"))
    named = {value for word, value in words.items() if word.isupper() and isinstance(value, str)}
    assert named
    assert named - _tasks(name).keys() == set()


@pytest.mark.parametrize("name", SERVICES)
def test_each_job_gives_its_task_the_ids_that_it_takes(name: str) -> None:
    tasks = _tasks(name)
    for job in _jobs(name):
        act = _behind(tasks[job.task].func, "act")
        inspect.signature(_behind(act, "command") or act).bind(**job.arguments)


def _tasks(name: str) -> dict[str, Any]:
    app = service(name).jobs_app
    assert app is not None
    return app.tasks


def _jobs(name: str) -> list[Job]:
    """One of each function in handlers/jobs.py, with an id wherever it takes one."""
    module = import_module(f"{name}.handlers.jobs")
    made = []
    for _, function in inspect.getmembers(module, inspect.isfunction):
        hints = get_type_hints(function)
        ids = {word: uuid4() for word, hint in hints.items() if hint in {UUID, UUID | None}}
        made.append(function(**ids))
    assert made
    return made


def _behind(function: Any, name: str) -> Any:
    """What a function was made of; None where it was not made of such a thing."""
    is_closure = inspect.isfunction(function)
    return inspect.getclosurevars(function).nonlocals.get(name) if is_closure else None
