"""The services speak one dialect: who knows one of them finds everything in the others.

Every rule here compares the trees, so a new service is held to them by standing beside the others. What a
rule says when it is broken is what to do about it.
"""

import ast
import inspect
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import is_dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, get_type_hints

import pytest
from tests.contracts.services import SERVICES, service

from chassis.database.repository import Repository
from chassis.database.unit_of_work import Transaction, UnitOfWork
from chassis.service import Service, ServiceOf, WebService
from chassis.settings import CommonSettings, ServingSettings
from contract_tools.rules import fronts_beside, services_beside
from local_stack.settings import REPOSITORY

FOLDERS = {
    ".": {"adapters", "config", "domain", "entrypoints", "handlers", "migrations", "words"},
    "entrypoints": {"sweeps", "web"},
    "entrypoints/web": {"api", "pages"},
    "migrations": {"versions"},
}
# What may be missing where nothing of the kind is needed.
OPTIONAL = {"entrypoints/sweeps", "entrypoints/commands.py", "entrypoints/sender.py"}
FILES = {
    ".": {"__init__.py", "__main__.py", "bootstrap.py", "py.typed", "settings.py"},
    "entrypoints": {"__init__.py", "commands.py", "consumer.py", "sender.py", "worker.py"},
    "migrations": {"__init__.py"},
}
# Any others may stand beside these: a technology per file, a verb per file, a noun per file.
NEEDED = {
    "adapters": {"received_events.py", "tables.py", "unit_of_work.py"},
    "domain": {"events.py", "partners.py"},
    "handlers": {"commands.py", "jobs.py", "ports.py", "emit.py"},
    "entrypoints/web/api": {"__init__.py", "operating.py"},
}
ALIKE = (
    "__main__.py",
    "migrations/__init__.py",
    "handlers/__init__.py",
    "entrypoints/__init__.py",
    "entrypoints/web/api/__init__.py",
)
# A front has pages and neither a database nor events, so it lacks what serves those; the rest is the same.
FRONTS = ("console",)
FRONT_FOLDERS = {
    ".": {"adapters", "entrypoints", "words"},
    "entrypoints": {"web"},
    "entrypoints/web": {"pages", "static"},
}
FRONT_FILES = {
    ".": {"__init__.py", "__main__.py", "bootstrap.py", "py.typed", "settings.py"},
    "entrypoints": {"__init__.py"},
}
ALIKE_IN_FRONTS = ("entrypoints/__init__.py",)
# Where files of a kind stand, and nowhere else.
PLACES = {
    ".ftl": r"words/[a-z]+",
    ".yaml": r"config(/.*)?",
    ".html": r".*/templates",
    ".txt": r".*/templates",
}
OTHER_CLOCKS = re.compile(
    r"\b(datetime\.(now|utcnow|today)|date\.today|time\.time|func\.(now|current_timestamp))\("
)
LOGGED = re.compile(r"\b_?log\.(?:debug|info|warning|error|exception)\(\s*f?\"([^\"]+)\"")
FIRST_PARAMETERS = (["work"], ["work", "command"], ["work", "event", "data"])


def root(name: str) -> Path:
    return REPOSITORY / "services" / name / name


def files(name: str, pattern: str = "*.py") -> Iterator[Path]:
    """Every file of a service, by its path inside the package; migrations are history, not dialect."""
    for file in sorted(root(name).rglob(pattern)):
        inside = file.relative_to(root(name))
        if file.is_file() and "__pycache__" not in inside.parts and "versions" not in inside.parts:
            yield inside


def modules(name: str, package: str) -> Iterator[ModuleType]:
    for inside in files(name):
        if inside.parent.as_posix() == package and inside.name != "__init__.py":
            yield import_module(".".join((name, *inside.with_suffix("").parts)))


def own(module: ModuleType, kind: Callable[[Any], bool]) -> list[Any]:
    """What is defined in the module itself, public or not."""
    return [one for _, one in inspect.getmembers(module, kind) if one.__module__ == module.__name__]


def in_service_words(text: str, name: str) -> str:
    return text.replace(name, "<service>").replace(name.title(), "<Service>")


def agree(problems: list[str]) -> None:
    assert not problems, "\n".join(["", *problems])


def _holds_files(folder: Path) -> bool:
    """What moved away leaves a folder with nothing but caches behind."""
    return any(file.is_file() and "__pycache__" not in file.parts for file in folder.rglob("*"))


each_service = pytest.mark.parametrize("name", SERVICES)
each_front = pytest.mark.parametrize("name", FRONTS)
each = pytest.mark.parametrize("name", [*SERVICES, *FRONTS])


def test_every_service_is_compared() -> None:
    assert services_beside(REPOSITORY / "contracts") == set(SERVICES), (
        "tests/contracts/services.py names every service"
    )
    assert fronts_beside(REPOSITORY / "contracts") == set(FRONTS), "FRONTS names every front"


@each_front
def test_the_tree_of_a_front(name: str) -> None:
    agree(tree_problems(name, FRONT_FOLDERS, FRONT_FILES))


@each_service
def test_the_tree(name: str) -> None:
    problems = tree_problems(name, FOLDERS, FILES)
    for place, names in NEEDED.items():
        problems += [
            f"{name}/{place} has no {one}, as the others have"
            for one in sorted(names)
            if not (root(name) / place / one).is_file()
        ]
    agree(problems)


def tree_problems(name: str, folders_of: dict[str, set[str]], files_of: dict[str, set[str]]) -> list[str]:
    """Which folders and files are missing, and which no other has."""
    problems = []
    for place, folders in folders_of.items():
        there = {one.name for one in (root(name) / place).iterdir() if one.is_dir() and _holds_files(one)}
        needed = {one for one in folders if f"{place}/{one}" not in OPTIONAL}
        problems += [f"{name}/{place} has no folder {one}/, as the others have" for one in needed - there]
        problems += [f"{name}/{place}: no other service has a folder {one}/ here" for one in there - folders]
    for place, names in files_of.items():
        there = {one.name for one in (root(name) / place).iterdir() if one.is_file()}
        needed = {one for one in names if f"{place}/{one}" not in OPTIONAL}
        problems += [f"{name}/{place} has no {one}, as the others have" for one in needed - there]
        problems += [
            f"{name}/{place}: no other service has a {one} here; put it into a folder"
            for one in there - names
        ]
    return problems


@each
def test_each_kind_of_file_has_its_folder(name: str) -> None:
    agree(
        [
            f"{name}/{file}: files {file.suffix} stand in {PLACES[file.suffix]}"
            for file in files(name, "*.*")
            if file.suffix in PLACES and not re.fullmatch(PLACES[file.suffix], file.parent.as_posix())
        ]
    )


@each
def test_templates_stand_beside_what_renders_them(name: str) -> None:
    folders = {file.parent for file in files(name, "*.html")}
    agree(
        [
            f"no module in {name}/{folder.parent} names its templates"
            for folder in folders
            if not any(
                "templates" in file.read_text("utf-8") for file in (root(name) / folder.parent).glob("*.py")
            )
        ]
    )


@each
def test_every_folder_of_words_has_every_language(name: str) -> None:
    languages: dict[str, set[str]] = defaultdict(set)
    for file in files(name, "*.ftl"):
        languages[file.parent.name].add(file.stem)
    every = set().union(*languages.values())
    agree([f"{name}/words/{folder} lacks {every - its}" for folder, its in languages.items() if its != every])
    assert "pages" in languages


@pytest.mark.parametrize("inside", ALIKE)
def test_what_differs_in_nothing_but_the_service_s_name(inside: str) -> None:
    names = (*SERVICES, *FRONTS) if inside in ALIKE_IN_FRONTS else SERVICES
    texts = {name: in_service_words((root(name) / inside).read_text("utf-8"), name) for name in names}
    assert len(set(texts.values())) == 1, f"{inside} says something else in one of the services: {texts}"


def test_a_file_name_means_one_thing() -> None:
    """Two services that have a file of one name have it in the same folder."""
    places: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for name in (*SERVICES, *FRONTS):
        for file in files(name):
            if file.name != "__init__.py":
                places[file.name][name].add(file.parent.as_posix())
    agree(
        [
            f"{file} stands for different things: {dict(found)}; give one of them another name"
            for file, found in sorted(places.items())
            if len(found) > 1 and not set.intersection(*found.values())
        ]
    )


def test_commands_are_what_handlers_take_or_the_command_line() -> None:
    allowed = re.compile(r"services/(\w+)/\1/(handlers|entrypoints)/commands\.py")
    agree(
        [
            f"{file} is neither what people may ask for nor a service's command line: name what is in it"
            for top in ("services", "infra", "tests/faults")
            for found in (REPOSITORY / top).rglob("commands.py")
            if not allowed.fullmatch(file := found.relative_to(REPOSITORY).as_posix())
        ]
    )


@each_service
def test_commands_are_frozen_dataclasses(name: str) -> None:
    module = import_module(f"{name}.handlers.commands")
    agree(
        [
            f"{name}/handlers/commands.py: {one.__name__} is not a frozen dataclass with a docstring"
            for one in own(module, lambda found: inspect.isclass(found) or inspect.isfunction(found))
            if not (is_dataclass(one) and one.__dataclass_params__.frozen and one.__doc__)  # type: ignore[attr-defined]
        ]
    )


@each
def test_the_classes_of_the_wiring(name: str) -> None:
    """One word for the settings, the wired service and the transaction; a front's have no database."""
    title = name.title()
    settings, bootstrap = import_module(f"{name}.settings"), import_module(f"{name}.bootstrap")
    is_front = name in FRONTS
    expect_class(settings, f"{title}Settings", ServingSettings if is_front else CommonSettings)
    expect_class(bootstrap, f"{title}Service", WebService if is_front else Service)
    assert root(name) / "words" == bootstrap.WORDS
    assert callable(bootstrap.build_service)
    assert callable(settings.read_settings)
    if not is_front:
        expect_class(import_module(f"{name}.adapters.unit_of_work"), f"{title}UnitOfWork", UnitOfWork)
        assert root(name) / "config" == settings.CONFIG
        assert issubclass(getattr(bootstrap, f"{title}Service"), ServiceOf), (
            f"{title}Service does not say what its transactions are: open_work() is the only way to open one"
        )


def expect_class(module: ModuleType, word: str, base: type) -> None:
    there = [one.__name__ for one in own(module, inspect.isclass) if issubclass(one, base)]
    assert there == [word], f"{module.__name__} holds {there}, not {word}({base.__name__})"


@each_service
def test_transactions_are_opened_by_the_service(name: str) -> None:
    agree(
        [
            f"{name}/{file}:{number} opens a transaction past service.open_work()"
            for file in files(name)
            if file.name != "bootstrap.py"
            for number, line in enumerate((root(name) / file).read_text("utf-8").splitlines(), 1)
            if re.search(r"database\.begin\(|\.engine\.begin\(", line) and "adapters" not in file.parts
        ]
    )


@each_service
def test_repositories(name: str) -> None:
    """A noun per file, one class `Sql<Noun>` in it, on the chassis' base."""
    problems = []
    for module in modules(name, "adapters/repositories"):
        words = [one.__name__ for one in own(module, inspect.isclass) if issubclass(one, Repository)]
        expected = "Sql" + "".join(part.title() for part in module.__name__.rpartition(".")[2].split("_"))
        if words != [expected]:
            problems.append(f"{module.__name__} holds {words or 'no repository'}, not {expected}(Repository)")
    for file in files(name):
        if file.parts[:2] != ("adapters", "repositories"):
            text = (root(name) / file).read_text("utf-8")
            if re.search(r"^class \w+\((\w+, )*Repository\b", text, re.M):
                problems.append(f"{name}/{file} holds a repository: it belongs into adapters/repositories/")
    agree(problems)


@each_service
def test_the_unit_of_work_serves_the_port(name: str) -> None:
    """`handlers/ports.py` says what a transaction offers; each thing kept is served by its repository."""
    ports = import_module(f"{name}.handlers.ports")
    built: Any = service(name).work_factory(None, None)  # type: ignore[arg-type]
    offered = get_type_hints(ports.Work)
    assert offered.pop("policies") is ports.Policies
    assert isinstance(built.policies, ports.Policies)
    agree(
        [
            f"work.{word} of {name} is a {type(getattr(built, word)).__name__}, not Sql{port.__name__}"
            for word, port in offered.items()
            if f"Sql{port.__name__}" not in {base.__name__ for base in type(getattr(built, word)).__mro__}
        ]
    )
    assert {ports.Work, Transaction} <= set(type(built).__mro__)
    assert "now" not in vars(type(built)), f"{name} has a clock of its own: UnitOfWork.now() is everybody's"


@each
def test_one_clock(name: str) -> None:
    """Handlers ask `work.now()`, adapters and entry points `chassis.clock`, the domain is told."""
    problems = []
    for file in files(name):
        text = (root(name) / file).read_text("utf-8")
        if found := OTHER_CLOCKS.search(text):
            problems.append(f"{name}/{file} asks {found[1]}: handlers ask work.now(), others chassis.clock")
        if file.parts[0] in {"domain", "handlers"} and re.search(r"\bclock\.now\(|import clock\b", text):
            problems.append(f"{name}/{file} asks chassis.clock: handlers ask work.now(), the domain is told")
        if re.search(r"\bnow: Clock\b|Clock = Callable", text):
            problems.append(f"{name}/{file} is handed a clock: work.now() is the one")
    agree(problems)


@each
def test_log_messages_are_written_in_words(name: str) -> None:
    """A fact with its fields, as the chassis writes it: "mail sent", not "mail_sent"."""
    agree(
        [
            f"{name}/{file} logs {message!r}: write it in words"
            for file in files(name)
            for message in LOGGED.findall((root(name) / file).read_text("utf-8"))
            if "_" in message.partition(" ")[0]
        ]
    )


def handed_over(name: str) -> dict[str, Any]:
    """The functions of handlers that entry points call, by where they are called from."""
    found: dict[str, Any] = {}
    for file in files(name):
        if file.parts[0] != "entrypoints":
            continue
        for node in ast.walk(ast.parse((root(name) / file).read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{name}.handlers."):
                module = import_module(str(node.module))
                for alias in node.names:
                    one = getattr(module, alias.name)
                    if inspect.isfunction(one) and "work" in "".join(inspect.signature(one).parameters):
                        found[f"{one.__module__}.{one.__name__}"] = one
    return found


@each_service
def test_handlers_take_work_and_a_command(name: str) -> None:
    """One shape: (work, command); (open_work, what it calls outside ..., command) where it calls outside."""
    commands = import_module(f"{name}.handlers.commands")
    problems = []
    for path, handler in handed_over(name).items():
        parameters = list(inspect.signature(handler).parameters)
        calls_outside = parameters[0] == "open_work" and parameters[-1] == "command"
        if parameters not in FIRST_PARAMETERS and not calls_outside:
            problems.append(f"{path}({', '.join(parameters)}) takes neither (work, command) nor (work) alone")
        elif "command" in parameters and get_type_hints(handler)["command"].__module__ != commands.__name__:
            problems.append(f"{path} takes a command that is not in {commands.__name__}")
    agree(problems)


@each_service
def test_event_handlers_are_named_after_their_event(name: str) -> None:
    """`partner.approved.v1` is handled by `when_partner_approved(work, event, data)` in an *_events.py."""
    problems = []
    for events in import_module(f"{name}.entrypoints.consumer").TOPICS.values():
        for event, handler in events.items():
            noun, _, fact = event.rpartition(".v")[0].partition(".")
            names = {handler.__name__, *handler.__name__.split("_or_")}
            alternatives = {f"when_{noun}_{fact}", "when_anything_happened"}
            several = handler.__name__.startswith(f"when_{noun}_") and fact in {
                one.removeprefix(f"when_{noun}_") for one in names
            }
            if handler.__name__ not in alternatives and not several:
                problems.append(f"{event} is handled by {handler.__name__}, not by when_{noun}_{fact}")
            if list(inspect.signature(handler).parameters) != ["work", "event", "data"]:
                problems.append(f"{handler.__name__} does not take (work, event, data)")
            if not handler.__module__.endswith("_events"):
                problems.append(f"{handler.__module__}: handlers of events stand in files *_events.py")
    agree(problems)
