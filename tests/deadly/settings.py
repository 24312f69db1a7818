"""The product's settings with the deadly app, for real workers that tests start."""

from notify_site.settings import *  # noqa: F403
from notify_site.settings import INSTALLED_APPS, Q_CLUSTER

INSTALLED_APPS = [*INSTALLED_APPS, "tests.deadly"]
Q_CLUSTER = {**Q_CLUSTER, "retry": 3, "timeout": 2}
