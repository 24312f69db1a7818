"""A placeholder that no worker survives when the order's comment says so, or as long as there is trouble beside it."""

import os
import signal

from django.conf import settings

from messaging.texts.models import TemplateUse
from messaging.texts.placeholders import Context, Group, placeholder

TROUBLE = "trouble"  # a file in DATA_DIR


@placeholder(label="Deadly", group=Group.ORDER, uses=[TemplateUse.ORDER], sample="alive")
def deadly(context: Context) -> str:
    comment = context["order"].comment
    if comment == "deadly" or (comment == "beside trouble" and (settings.DATA_DIR / TROUBLE).exists()):
        os.kill(os.getpid(), signal.SIGKILL)
    return "alive"
