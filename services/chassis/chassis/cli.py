"""The one command of a service: ``python -m onboarding <process>``.

    # onboarding/__main__.py
    from chassis.cli import service_command
    from onboarding.bootstrap import build_service

    main = service_command("onboarding", build_service)
    if __name__ == "__main__":
        main()

Processes: ``web`` (gunicorn), ``relay``, ``consumer``, ``worker``, where there is one ``sender``; once:
``migrate``, ``check-settings``.
What has to work while the web process is down comes from `chassis.operating.database_commands`.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from importlib.util import find_spec
from typing import Any

import click

from chassis.running.runner import Runner
from chassis.service import BuildService, Service, WebService

# Looked up when the process starts, so that each loads only what it needs. Each is
# ``run(service: Service, stop: threading.Event) -> None`` and returns soon after ``stop`` is set.
_BACKGROUND = {
    "relay": ("chassis.running.relay:run", "Publish the outbox to Kafka."),
    "consumer": ("chassis.running.consumer:run", "Read and handle events from Kafka."),
    "worker": ("chassis.running.worker:run", "Do the deferred jobs."),
}
# Of a service that has one.
_SENDER = {"sender": ("chassis.running.sender:run", "Send what is due to others' addresses.")}

_HELP = """Processes of {name}, and what operators need while its web process is down.

Everything else that operators do goes over HTTP: `gangway --help`.
"""


def service_command(
    name: str, build_service: BuildService, environ: Mapping[str, str] = os.environ
) -> click.Group:
    """The command group of a service. Settings are read when a process is chosen, not here."""
    background = _BACKGROUND | (_SENDER if _has_sender(name) else {})
    processes = [_background_command(process, *told) for process, told in background.items()]
    from chassis.operating.database_commands import COMMANDS  # noqa: PLC0415

    commands = (_web, _migrate, _check_settings, *processes, *COMMANDS)
    return _group(name, Runner(name, build_service, environ), _HELP.format(name=name), commands)


def front_command(name: str, build_service: Callable[[Mapping[str, str]], WebService]) -> click.Group:
    """The command group of a front, which has a web process and no other."""
    help_text = f"The process of {name}."
    return _group(name, Runner(name, build_service, os.environ), help_text, (_web, _check_settings))


def _group(name: str, runner: Runner[Any], help_text: str, commands: Iterable[click.Command]) -> click.Group:
    @click.group(name=name, help=help_text)
    @click.pass_context
    def group(context: click.Context) -> None:
        context.obj = runner

    for command in commands:
        group.add_command(command)
    return group


@click.command("web", help="Serve HTTP with gunicorn.")
@click.pass_obj
def _web(runner: Runner[Any]) -> None:
    from chassis.running.web import serve  # noqa: PLC0415

    service = runner.prepare("web")
    service.dispose()
    serve(service, runner.build_service, runner.environ_of("web"))


@click.command("migrate", help="Bring the database to the newest revision; harmless when repeated.")
@click.pass_obj
def _migrate(runner: Runner[Service]) -> None:
    from sqlalchemy.exc import OperationalError  # noqa: PLC0415

    from chassis.database.migrations import WrongEncoding, migrate  # noqa: PLC0415
    from chassis.database.outages import describe  # noqa: PLC0415

    service = runner.prepare("migrate")
    try:
        migrate(service.settings.database_url, service.migrations)
    except (OperationalError, WrongEncoding) as error:
        raise click.ClickException(describe(error)) from error


@click.command("check-settings", help="Read all settings and say what is wrong with them.")
@click.pass_obj
def _check_settings(runner: Runner[Any]) -> None:
    click.echo(f"{runner.service.name}: the settings can be used")


def _has_sender(name: str) -> bool:
    try:
        return find_spec(f"{name}.entrypoints.sender") is not None
    except ModuleNotFoundError:
        return False


def _background_command(process: str, path: str, text: str) -> click.Command:
    @click.command(process, help=text)
    @click.pass_obj
    def command(runner: Runner[Any]) -> None:
        runner.run(process, path)

    return command
