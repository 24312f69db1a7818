"""The settings under which types are checked: the product's own, without a site's .env and with an empty folder.

The folder lies in the checker's own, and no database is asked.
"""

import os
from pathlib import Path

os.environ["DATA_DIR"] = str(Path(__file__).resolve().parent.parent / ".mypy_cache" / "data")
os.environ["ENV_FILE"] = os.devnull

from notify_site.settings import *  # noqa: F403
