"""What the foot of every page leads to."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from tests.common_settings import read_common_settings

from chassis.settings import SettingsRefused
from local_stack.processes.environments import SITE_LINKS


@pytest.fixture
def environ(environ: dict[str, str]) -> dict[str, str]:
    return {**environ, "SITE_LINKS_FILE": str(SITE_LINKS)}


@pytest.mark.parametrize(("language", "words"), [("de", "Partnerprogramm"), ("en", "Partner programme")])
def test_every_page_has_them_in_its_language(client: FlaskClient, language: str, words: str) -> None:
    for path, status in (("/", 200), ("/nowhere", 404)):
        answer = client.get(path, headers={"Accept": "text/html", "Accept-Language": language})
        assert answer.status_code == status
        assert f'<li><a href="/">{words}</a></li>' in answer.text
        assert '<li><a href="/integrations/">' in answer.text


def test_without_the_setting_there_are_none(environ: dict[str, str]) -> None:
    del environ["SITE_LINKS_FILE"]
    assert read_common_settings(environ, "example").site_links == ()


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        ("- {url: javascript:alert(1), de: a, en: b}", "url"),
        ("- {url: //evil.example, de: a, en: b}", "url"),
        ("- {url: /\\evil.example, de: a, en: b}", "url"),
        ("- {url: /, en: b}", "de"),
        (f"- {{url: /, de: a, en: {'b' * 61}}}", "en"),
        ("- {url: /, de: a, en: b, fr: c}", "fr"),
        *[("[", "no list of links"), ("just words", "no list of links"), ("", "no list of links")],
    ],
)
def test_a_wrong_file_stops_the_start(
    environ: dict[str, str], tmp_path: Path, content: str, wrong: str
) -> None:
    file = tmp_path / "links.yaml"
    file.write_text(content)
    with pytest.raises(SettingsRefused) as caught:
        read_common_settings({**environ, "SITE_LINKS_FILE": str(file)}, "example")
    [said] = caught.value.problems["SITE_LINKS_FILE"]
    assert wrong in said


def test_a_file_that_is_not_there_stops_the_start(environ: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused) as caught:
        read_common_settings({**environ, "SITE_LINKS_FILE": str(tmp_path / "none")}, "example")
    assert set(caught.value.problems) == {"SITE_LINKS_FILE"}
