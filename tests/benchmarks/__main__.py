"""``python -m tests.benchmarks``: measure ours beside bare baselines, on servers of this run alone."""

import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

import click
from rich.console import Console
from tests.benchmarks import (
    access,
    accounts,
    commit_to_consumed,
    consumer_rate,
    flatness,
    onboarding,
    pages,
    relay_beside_debezium,
    relay_rate,
    sign_up,
    webhook_latency,
    webhooks,
)
from tests.benchmarks.figures import Failed, Result
from tests.benchmarks.options import Options
from tests.benchmarks.progress import say
from tests.benchmarks.report import show, write_json
from tests.benchmarks.servers import REPOSITORY, Servers

Benchmark = Callable[[Servers, Options], Sequence[Result]]

BENCHMARKS: dict[str, Benchmark] = {
    "sign-up": sign_up.run,
    "relay": relay_rate.run,
    "relay-beside-debezium": relay_beside_debezium.run,
    "commit-to-consumed": commit_to_consumed.run,
    "consumer": consumer_rate.run,
    "flatness": flatness.run,
    "onboarding": onboarding.run,
    "access": access.run,
    "accounts": accounts.run,
    "pages": pages.run,
    "webhooks": webhooks.run,
    "webhook-latency": webhook_latency.run,
}

RESULTS = REPOSITORY / ".local" / "bench.json"


def _names(_context: click.Context, _parameter: click.Parameter, value: str) -> list[str]:
    names = [name.strip() for name in value.split(",") if name.strip()]
    if unknown := [name for name in names if name not in BENCHMARKS]:
        raise click.BadParameter(f"{', '.join(unknown)}; choose from {', '.join(BENCHMARKS)}")
    return names or list(BENCHMARKS)


def _sizes(_context: click.Context, _parameter: click.Parameter, value: str) -> tuple[int, ...]:
    try:
        return tuple(int(part.replace("_", "")) for part in value.split(",") if part.strip())
    except ValueError:
        raise click.BadParameter("numbers, joined by commas") from None


@click.command(epilog=f"Benchmarks: {', '.join(BENCHMARKS)}.")
@click.option("--only", default="", callback=_names, help="Some of the benchmarks, joined by commas.")
@click.option("--rows", default="10000,100000,1000000", callback=_sizes, help="Sizes for flatness.")
@click.option("--repetitions", default=3, type=click.IntRange(1), help="How often each is measured.")
@click.option("--json", "path", default=RESULTS, type=click.Path(path_type=Path), help="Where figures go.")
def main(only: list[str], rows: tuple[int, ...], repetitions: int, path: Path) -> None:
    """Measure ours beside bare baselines in one run; print a table and keep all figures.

    One that fails keeps no other from being measured: it has a row, and its cause is the last word.
    """
    signal.signal(signal.SIGTERM, _leave)
    results: list[Result] = []
    causes: list[str] = []
    with Servers() as servers:
        for name in only:
            say(f"{name} ...")
            try:
                results += BENCHMARKS[name](servers, Options(repetitions=repetitions, rows=rows))
            except Exception as error:
                say(f"{name} FAILED: {error}")
                results.append(Failed(name, f"{type(error).__name__}: {error}"))
                causes.append(f"{name} failed:\n{traceback.format_exc()}")
            write_json(results, path)
    show(results, Console(width=None if sys.stdout.isatty() else 120))
    if causes:
        raise click.ClickException("not everything was measured\n\n" + "\n".join(causes))


def _leave(_number: int, _frame: FrameType | None) -> None:
    sys.exit(143)


if __name__ == "__main__":
    main()
