"""The names that stages have before anybody gives them others: in the company's language, and following its choice."""

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from .models import Stage, StageKind

NAMES: dict[str, Promise] = {
    StageKind.NEW: pgettext_lazy("stage", "New"),
    StageKind.PREPARING: pgettext_lazy("stage", "Preparing"),
    StageKind.READY: pgettext_lazy("stage", "Ready"),
    StageKind.ON_THE_WAY: pgettext_lazy("stage", "On the way"),
    StageKind.DELIVERED: pgettext_lazy("stage", "Delivered"),
    StageKind.CANCELLED: pgettext_lazy("stage", "Cancelled"),
}


def name_stages(language: str, **_signal: object) -> None:
    """Stages that still have the standard name of their kind, in whatever language, have it in this one from now on.

    What somebody edited stays, and so does a stage whose new name another one has.
    """
    stages = list(Stage.objects.all())
    taken = {stage.name for stage in stages}
    for stage in stages:
        name = in_language(NAMES[stage.kind], language)
        if stage.name != name and name not in taken and is_standard(stage):
            Stage.objects.filter(pk=stage.pk).update(name=name)


def is_standard(stage: Stage) -> bool:
    ours = [code for code, _name in settings.LANGUAGES]
    return any(stage.name == in_language(NAMES[stage.kind], code) for code in ours)


def in_language(word: str | Promise, language: str) -> str:
    with translation.override(language):
        return str(word)
