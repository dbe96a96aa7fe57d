"""What the command line and the console know of the services is what the services say of themselves."""

from tests.contracts.operations import FILE, text


def test_the_file_says_what_the_services_say() -> None:
    assert FILE.read_text(encoding="utf-8") == text(), "python -m tests.contracts.operations"
