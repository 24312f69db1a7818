"""What an installation keeps in DATA_DIR from its first start on: the folder itself and its secrets."""

import contextlib
import secrets
from collections.abc import Iterator
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


@contextlib.contextmanager
def written_into(folder: Path) -> Iterator[None]:
    """Raises ImproperlyConfigured, with a sentence, when what is inside cannot be written."""
    try:
        yield
    except OSError as error:
        raise ImproperlyConfigured(
            f"The folder {folder} cannot be written to: {error.strerror}. "
            "Give it to the user that Gonets runs as, or name another one: DATA_DIR=/some/folder in .env."
        ) from error


def kept_folder(folder: Path) -> Path:
    """The folder, made if it is not there: customers' data and secrets, for their owner only."""
    with written_into(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def kept_secret(path: Path) -> str:
    """A random secret that is made once and kept in a file, readable by its owner only."""
    with written_into(path.parent):
        if not path.exists():
            _keep_secret(path)
        return path.read_text()


def _keep_secret(path: Path) -> None:
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    fresh.touch(mode=0o600)
    fresh.write_text(secrets.token_urlsafe(48))
    try:
        path.hardlink_to(fresh)  # of two processes that start together, the first one's secret stays
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
