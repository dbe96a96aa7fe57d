"""Pages and lists with many partners: the server's time until the first content, of each and of the slowest."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from time import perf_counter
from typing import Any

from cryptography.fernet import Fernet
from flask.testing import FlaskClient
from tests.benchmarks.applications import application_requests
from tests.benchmarks.figures import Comparison, Figure, Result, Side, target
from tests.benchmarks.http_load import http_load
from tests.benchmarks.many_grants import many_grants
from tests.benchmarks.many_partners import ManyPartners
from tests.benchmarks.onboarding_service import environment, onboarding_database
from tests.benchmarks.options import Options
from tests.benchmarks.progress import say
from tests.benchmarks.servers import Servers
from tests.benchmarks.sign_up import sign_up_server
from tests.integration.operators.conftest import ConsoleBrowser, console_at, served

GOAL_MS = 200
PARTNERS = 100_000
LOOKS = 5
