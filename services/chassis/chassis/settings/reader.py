"""Read settings from the environment; collect everything that is wrong, then refuse by name.

Any variable may be given as a file instead: ``NAME_FILE`` holds the path of a file with the value, as secret
stores mount them. Setting both is an error, as it would be unclear which of them counts.
"""

import errno
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import Any, Final, TypeVar, cast
from urllib.parse import SplitResult, urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from environs import Env, EnvValidationError

from chassis.identity.signing_keys import read_private_key, read_public_key

Value = TypeVar("Value")
LARGEST_FILE = 64 * 1024
_NO_SUCH_FILE = {errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG}
# urllib takes them for a part of the name, and browsers for the end of it or for a slash.
_IN_NO_ADDRESS = re.compile(r"[\s\\]")
_USUAL_PORTS = {"http": ":80", "https": ":443"}


class _Required:
    """The mark of a variable without default."""


REQUIRED: Final = _Required()


class SettingsRefused(Exception):
    """The environment cannot be used; ``problems`` maps each variable to what is wrong with it."""

    def __init__(self, problems: Mapping[str, list[str]]) -> None:
        self.problems = dict(problems)
        super().__init__(self.block())

    def block(self) -> str:
        """All problems for a person, one variable per line."""
        lines = [f"  {name}: {'; '.join(texts)}" for name, texts in sorted(self.problems.items())]
        return "\n".join(["The settings cannot be used:", *lines])


class _MappedEnv(Env):
    """environs over any mapping; an empty value counts as not set; ``NAME_FILE`` may hold the value."""

    def __init__(self, environ: Mapping[str, str], refuse: Callable[[str, str], None]) -> None:
        super().__init__(eager=False)
        self._given = environ
        self._refuse = refuse
        self.wrong_files: set[str] = set()

    def is_given(self, name: str) -> bool:
        return self._get_value(name, None) is not None

    def _get_value(self, env_key: str, default: Any) -> Any:
        value = self._given.get(env_key, "").strip()
        file_key = f"{env_key}_FILE"
        path = self._given.get(file_key, "").strip()
        if value and path:
            self._refuse(env_key, f"is set, and so is {file_key}: set one of them")
        if value or not path:
            return value or default
        try:
            return read_secret_file(Path(path))
        except ValueError as error:
            self._refuse(env_key, f"{file_key}: {error}")
            self.wrong_files.add(env_key)
            return default


class SettingsReader:
    """Reads typed variables. An invalid one is remembered and reported by `settings_from` at the end.

    After a wrong variable a method returns None in disguise, so do nothing with a value before
    the ``with settings_from(...)`` block is left.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._refused: dict[str, list[str]] = {}
        self._environs = _MappedEnv(environ, self.refuse)

    def parsed(
        self, name: str, parse: Callable[[str], Value], default: Value | _Required = REQUIRED
    ) -> Value:
        """What ``parse`` makes of the text; its ValueError says what is wrong (never the value itself)."""

        text = self._environs.str(name) if default is REQUIRED else self._environs.str(name, None)
        if text is None:
            return cast(Value, None if isinstance(default, _Required) else default)
        try:
            return parse(text)
        except (ValueError, OSError) as error:
            self.refuse(name, str(error))
            return cast(Value, None)

    def refuse(self, name: str, message: str) -> None:
        """Remember a problem found by other means, such as a wrong entry of a file that ``name`` names."""
        self._refused.setdefault(name, []).append(message)

    def is_given(self, name: str) -> bool:
        """Whether there is a value, right or wrong."""
        return self._environs.is_given(name)

    def text(self, name: str, default: str | _Required = REQUIRED) -> str:
        return self.parsed(name, str, default)

    def optional_text(self, name: str) -> str | None:
        return self.parsed(name, str, None)

    def number(
        self, name: str, default: int | _Required = REQUIRED, *, least: int = 0, most: int = 2**31 - 1
    ) -> int:
        """A whole number from ``least`` to ``most``."""
        return int(self.decimal(name, default, least=least, most=most, parse=int) or 0)

    def decimal(
        self,
        name: str,
        default: float | _Required = REQUIRED,
        *,
        least: float = 0,
        most: float = 2**31 - 1,
        parse: Callable[[str], float] = float,
    ) -> float:
        def parse_number(text: str) -> float:
            try:
                number = parse(text)
            except ValueError:
                raise ValueError("must be a number" if parse is float else "must be a whole number") from None
            if not least <= number <= most:
                raise ValueError(f"must be from {least} to {most}")
            return number

        return self.parsed(name, parse_number, default)

    def hours(self, name: str, default: float | _Required = REQUIRED) -> timedelta:
        """A duration given in hours, above zero and at most ten years."""
        return timedelta(hours=self.decimal(name, default, least=0.0001, most=87_600) or 0)

    def choice(self, name: str, choices: tuple[str, ...], default: str | _Required = REQUIRED) -> str:
        def parse(text: str) -> str:
            if text not in choices:
                raise ValueError(f"must be one of {', '.join(choices)}")
            return text

        return self.parsed(name, parse, default)

    def url(
        self,
        name: str,
        default: str | _Required = REQUIRED,
        *,
        schemes: tuple[str, ...] = ("http", "https"),
    ) -> str:
        """An absolute URL without user name, its origin as browsers write it, to be compared with theirs.

        A trailing slash is dropped so that paths can be appended.
        """

        def parse(text: str) -> str:
            parts = urlsplit(text)
            if parts.scheme not in schemes or not parts.hostname:
                raise ValueError(f"must be a URL with {' or '.join(schemes)}://")
            if parts.username or parts.password or parts.query or parts.fragment:
                raise ValueError("must hold neither user name nor query nor fragment")
            if _IN_NO_ADDRESS.search(text):
                raise ValueError("must hold neither spaces nor backslashes")
            if not _has_possible_port(parts):
                raise ValueError("must have a port from 1 to 65535, or none")
            host = parts.netloc.lower().rstrip(":").removesuffix(_USUAL_PORTS.get(parts.scheme, ""))
            return parts._replace(netloc=host).geturl().rstrip("/")

        return self.parsed(name, parse, default)

    def file(self, name: str, default: Path | _Required = REQUIRED) -> Path:
        """A file that can be read now."""
        return self._path(name, default, Path.is_file, "no file at")

    def read_from(self, name: str, read: Callable[[Path], Value], default: Path) -> Value:
        """What ``read`` makes of a file or folder; its ValueError says what is wrong with it."""
        return self.parsed(name, lambda text: read(Path(text)), read(default))

    def folder(self, name: str, default: Path | _Required = REQUIRED) -> Path:
        """A folder that is there now."""
        return self._path(name, default, Path.is_dir, "no folder at")

    def public_key(self, name: str) -> Ed25519PublicKey:
        return self.parsed(name, read_public_key)

    def private_key(self, name: str) -> Ed25519PrivateKey:
        return self.parsed(name, read_private_key)

    def key_pair(self, private_name: str, public_name: str) -> Ed25519PrivateKey:
        """The private key; a mismatch with the public one is reported under both names."""
        private = self.private_key(private_name)
        pem = self.optional_text(public_name)
        if private is None or pem is None:
            return private
        try:
            public = read_public_key(pem)
        except ValueError:
            return private  # reported where the public key is read
        if private.public_key() != public:
            self.refuse(private_name, f"does not fit {public_name}: they are not one pair")
            self.refuse(public_name, f"does not fit {private_name}: they are not one pair")
        return private

    def problems(self) -> dict[str, list[str]]:
        """Everything that was wrong so far, by variable; ends the reading."""
        found: dict[str, list[str]] = {}
        try:
            self._environs.seal()
        except EnvValidationError as error:
            told = cast(dict[str, Any], error.error_messages)
            # With a file that cannot be read a variable is wrong, but not missing.
            found = {
                name: list(texts) for name, texts in told.items() if name not in self._environs.wrong_files
            }
        for name, texts in self._refused.items():
            found.setdefault(name, []).extend(dict.fromkeys(texts))
        return found

    def _path(
        self, name: str, default: Path | _Required, is_there: Callable[[Path], bool], complaint: str
    ) -> Path:
        def parse(text: str) -> Path:
            path = Path(text)
            if not is_there(path):
                raise ValueError(f"{complaint} {path}")
            return path

        return self.parsed(name, parse, default)


@contextmanager
def settings_from(environ: Mapping[str, str]) -> Iterator[SettingsReader]:
    """Read settings inside; on leaving raise `SettingsRefused` with every wrong variable at once.

    with settings_from(os.environ) as reader:
        return BillingSettings(**vars(common_settings(reader, "billing")), rules=reader.file("RULES_FILE"))
    """
    reader = SettingsReader(environ)
    try:
        yield reader
    except SettingsRefused:
        raise
    except Exception:
        if problems := reader.problems():
            raise SettingsRefused(problems) from None
        raise
    if problems := reader.problems():
        raise SettingsRefused(problems)


def read_secret_file(path: Path) -> str:
    """The text of a file, without the white space around it. Raises ValueError saying why there is none.

    It repeats the path of a file only if there is one: people put the secret itself there by mistake.
    """
    try:
        mode = path.stat().st_mode
        if S_ISDIR(mode):
            raise ValueError(f"{path} is a folder, not a file")
        if not S_ISREG(mode):  # reading a pipe might never end
            raise ValueError(f"{path} is not a regular file")
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        if error.errno in _NO_SUCH_FILE:
            told = "there is no such file: it must be the path of a file, not the value itself"
            raise ValueError(told) from None
        raise ValueError(f"{path} cannot be read: {error.strerror or type(error).__name__}") from None
    if len(content) > LARGEST_FILE:
        raise ValueError(f"{path} is larger than {LARGEST_FILE} bytes, which is no value of a setting")
    try:
        text = content.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not text in UTF-8") from None
    if not text or "\0" in text:
        raise ValueError(f"{path} is empty" if not text else f"{path} is not text")
    return text


def _has_possible_port(parts: SplitResult) -> bool:
    try:
        return parts.port != 0
    except ValueError:
        return False
