"""The names that stages have before anybody gives them others: in the company's language, and following its choice."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext, gettext_noop

from .models import Stage, StageKind

NAMES: dict[str, str] = {
    StageKind.NEW: gettext_noop("New"),
    StageKind.PREPARING: gettext_noop("Preparing"),
    StageKind.READY: gettext_noop("Ready"),
    StageKind.ON_THE_WAY: gettext_noop("On the way"),
    StageKind.DELIVERED: gettext_noop("Delivered"),
    StageKind.CANCELLED: gettext_noop("Cancelled"),
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


def in_language(word: str, language: str) -> str:
    with translation.override(language):
        return gettext(word)
