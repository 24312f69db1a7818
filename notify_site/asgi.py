"""The site for an ASGI server."""

import os
import warnings

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "notify_site.settings")
# Whitenoise hands static files over in ordinary chunks; Django reads them whole, which is right for such small ones.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")
site = get_asgi_application()

from .web.bodies import bounded  # noqa: E402 the models must be there
from .web.charsets import in_words  # noqa: E402
from .web.turns import in_turn  # noqa: E402

application = bounded(in_words(in_turn(site)))
