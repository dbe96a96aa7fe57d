"""A benchmark that fails is seen: in the table, after it, in the file and in the exit code."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.benchmarks import __main__ as benchmarks
from tests.benchmarks.figures import Omitted, Result
from tests.benchmarks.options import Options
from tests.benchmarks.servers import Servers


def breaks_off(_servers: Servers, _options: Options) -> list[Result]:
    raise FileExistsError("[Errno 17] File exists: connect")


def goes_on(_servers: Servers, _options: Options) -> list[Result]:
    return [Omitted("the next one", "it was asked")]


def test_a_failure_is_a_row_and_the_last_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benchmarks, "BENCHMARKS", {"relay": breaks_off, "next": goes_on})
    path = tmp_path / "bench.json"
    ran = CliRunner().invoke(benchmarks.main, ["--json", str(path)])
    assert ran.exit_code == 1
    table, _, after = ran.output.partition("not everything was measured")
    assert "FAILED" in table
    assert "it was asked" in table
    assert "relay failed:" in after
    assert "FileExistsError: [Errno 17] File exists: connect" in after
    failed, omitted = json.loads(path.read_text())["results"]
    assert failed == {
        "what": "relay",
        "failed_because": "FileExistsError: [Errno 17] File exists: connect",
    }
    assert omitted["what"] == "the next one"


def test_rows_that_ask_for_a_folder_by_one_name_get_one_each() -> None:
    with Servers() as servers:
        first, second = servers.new_folder("connect"), servers.new_folder("connect")
        assert first != second
        assert not any(second.iterdir())
    assert not servers.folder.exists()
