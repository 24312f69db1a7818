"""The settings of the tests: the product's own, with a data folder of their own and no .env."""

import os
import shutil
import tempfile
from pathlib import Path

_folder = Path(tempfile.mkdtemp(prefix="gonets-tests-"))
os.environ["DATA_DIR"] = str(_folder)
os.environ["ENV_FILE"] = os.devnull
for _name in ("PUBLIC_URL", "SECRET_KEY", "CREDENTIALS_KEYS", "DEBUG", "LANGUAGE_CODE", "TIME_ZONE"):
    os.environ.pop(_name, None)

from notify_site.settings import *  # noqa: E402, F403
from notify_site.settings import DATABASES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# A file, not memory: threads and other processes of a test see the same database, with the same locks as in life.
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["TEST"] = {"NAME": _folder / "test.sqlite3"}


def remove_folder() -> None:
    """Called by tests/conftest.py when pytest ends."""
    shutil.rmtree(_folder, ignore_errors=True)
