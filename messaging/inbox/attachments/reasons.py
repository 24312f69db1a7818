"""Why a file is not taken; clients read these, too."""

from django.utils.translation import gettext_lazy as _

from locations.values.reasons import NUMBER, WORDS, Fault, reasons_of

reason = reasons_of("inbox")

TOO_LARGE = reason(
    "file_too_large",
    _("The file is too large."),
    _("“%(name)s” is larger than %(most)s MB."),
    fault=Fault.RECIPIENT,
    name=WORDS,
    most=NUMBER,
)
EMPTY = reason("file_empty", _("The file is empty."), _("“%(name)s” is empty."), fault=Fault.RECIPIENT, name=WORDS)
NO_PICTURE = reason(
    "file_is_no_picture",
    _("The file is called a picture, but is none."),
    _("“%(name)s” is called a picture, but is none inside."),
    fault=Fault.RECIPIENT,
    name=WORDS,
)
NOT_ACCEPTED = reason(
    "file_not_accepted",
    _("The file is of a kind that is not accepted."),
    _("“%(name)s” is a kind of file that is not accepted here."),
    fault=Fault.RECIPIENT,
    name=WORDS,
)
ACCEPTED = reason(
    "file_kinds_accepted",
    _(
        "Accepted are photos (JPEG, PNG, GIF, WebP), PDF, text, Word, Excel and OpenDocument files, sound, MP4 and MOV "
        "video, HEIC photos and ZIP archives."
    ),
)
PICTURE_DAMAGED = reason("picture_damaged", _("The picture is damaged: it cannot be opened."), fault=Fault.RECIPIENT)
PICTURE_TOO_LARGE = reason(
    "picture_too_large",
    _("The picture is too large."),
    _("The picture is too large: %(megapixels)s megapixels are the most."),
    fault=Fault.RECIPIENT,
    megapixels=NUMBER,
)
