"""A placeholder that no worker survives when the order's comment says so."""

import os
import signal

from messaging.texts.models import TemplateUse
from messaging.texts.placeholders import Context, Group, placeholder


@placeholder(label="Deadly", group=Group.ORDER, uses=[TemplateUse.ORDER], sample="alive")
def deadly(context: Context) -> str:
    if context["order"].comment == "deadly":
        os.kill(os.getpid(), signal.SIGKILL)
    return "alive"
