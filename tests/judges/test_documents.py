"""The documents through other tools: a parser, and models in three languages that read every example."""

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import datetime
from html import unescape
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest

from contract_tools import Contracts, load_contracts
from contract_tools.asyncapi import asyncapi_document
from contract_tools.webhook_document import webhook_document
from local_stack.kafka_cluster.choice import JAR_CACHE
from local_stack.kafka_cluster.jars import find_classpath
from local_stack.settings import REPOSITORY

_TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:?\d\d)")


@pytest.fixture(scope="module")
def contracts() -> Contracts:
    return load_contracts(REPOSITORY / "contracts")


@pytest.fixture(scope="module")
def contents(contracts: Contracts) -> dict[str, Any]:
    """By event, what its structured request is told to hold; and below `components` what that refers to."""
    document = webhook_document(contracts, type_prefix="gangway")
    kind = "application/cloudevents+json"
    found = {key: told["post"]["requestBody"]["content"][kind] for key, told in document["webhooks"].items()}
    return {"events": found, "components": document["components"]}


@pytest.fixture(scope="module")
def examples(contents: dict[str, Any]) -> list[dict[str, Any]]:
    """Documents that hold an example of each event, until all examples were there."""
    cases = {
        key: [one["value"] for one in told["examples"].values()] for key, told in contents["events"].items()
    }
    rows = zip_longest(*cases.values())
    return [{key: one for key, one in zip(cases, row, strict=True) if one is not None} for row in rows]


def run(*command: str | Path, folder: Path, told: str | None = None, **environ: str) -> str:
    done = subprocess.run(
        list(map(str, command)),
        cwd=folder,
        input=told,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-4000:]}{done.stderr[-4000:]}"
    return done.stdout


def test_the_parser_of_asyncapi_finds_nothing_wrong(judges: Path, contracts: Contracts) -> None:
    document = asyncapi_document(contracts, type_prefix="gangway", server="broker.example:9092")
    (judges / "asyncapi.json").write_text(json.dumps(document))
    told = json.loads(run("node", "parse_asyncapi.mjs", "asyncapi.json", folder=judges))
    assert told == {"problems": [], "channels": list(document["channels"])}


def test_it_is_rendered_with_all_that_it_says(judges: Path, contracts: Contracts) -> None:
    """By the component that AsyncAPI's own HTML pages are made of."""
    document = asyncapi_document(contracts, type_prefix="gangway", server="broker.example:9092")
    (judges / "rendered.json").write_text(json.dumps(document))
    page = unescape(run("node", "render_asyncapi.mjs", "rendered.json", folder=judges))
    messages = document["components"]["messages"].values()
    said = [
        *document["channels"],
        *(told["title"] for told in messages),
        *(told["name"] for told in messages),
    ]
    assert [words for words in said if words not in page] == []


@pytest.mark.parametrize("language", ["typescript", "python", "java"])
def test_models_read_every_example(
    judges: Path, contents: dict[str, Any], examples: list[dict[str, Any]], language: str
) -> None:
    schemas = {key: told["schema"] for key, told in contents["events"].items()}
    whole = {"type": "object", "properties": schemas, "components": contents["components"]}
    (judges / "schema.json").write_text(json.dumps(whole))
    models = judges / language
    run("node", "generate_models.mjs", "schema.json", language, models, folder=judges)
    command = {"typescript": typescript, "python": python, "java": java}[language](judges, models)
    read = run(*command, folder=models, told="\n".join(map(json.dumps, examples)), PYTHONPATH=str(models))
    assert [normal(json.loads(line)) for line in read.splitlines()] == list(map(normal, examples))


def typescript(judges: Path, models: Path) -> list[str | Path]:
    shutil.copy(judges / "read_events.ts", models)
    compiler = judges / "node_modules" / "typescript" / "bin" / "tsc"
    options = ["--strict", "--target", "es2022", "--module", "commonjs", "--types", "node", "--outDir", "."]
    run("node", compiler, *options, "read_events.ts", folder=models)
    return ["node", "read_events.js"]


def python(judges: Path, models: Path) -> list[str | Path]:
    return [sys.executable, judges / "read_events.py"]


def java(judges: Path, models: Path) -> list[str | Path]:
    if shutil.which("javac") is None:
        assert not os.environ.get("CI"), "CI has Java"
        pytest.skip("no javac here")
    # Kafka brings Jackson, which the models are written for.
    jars = find_classpath(os.environ, JAR_CACHE)
    sources = [*models.glob("*.java"), judges / "ReadEvents.java"]
    run("javac", "-proc:none", "-d", ".", "-cp", jars, *sources, folder=models)
    return ["java", "-cp", f".{os.pathsep}{jars}", "ReadEvents"]


def normal(value: Any) -> Any:
    """Without what languages write differently: fields without a value, times, whole numbers."""
    if isinstance(value, dict):
        return {name: normal(part) for name, part in value.items() if part is not None}
    if isinstance(value, list):
        return [normal(part) for part in value]
    return datetime.fromisoformat(value) if isinstance(value, str) and _TIME.fullmatch(value) else value
