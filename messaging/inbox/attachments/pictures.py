"""Pictures are drawn anew: where they were taken and what hides behind them stays out."""

import io
from dataclasses import dataclass

from django.conf import settings
from PIL import Image, ImageOps, ImageSequence

from locations.errors import CannotDo

from . import reasons

FORMATS = {".jpg": "JPEG", ".png": "PNG", ".gif": "GIF", ".webp": "WEBP"}
LONGEST_SIDE = 2560
"""Pixels; a still picture that is larger is made smaller."""
MOST_FRAMES = 200


@dataclass(frozen=True)
class Picture:
    """`content`: the file; width and height in pixels."""

    content: bytes
    width: int
    height: int


def redraw(content: bytes, extension: str) -> Picture:
    """Raises CannotDo for what is damaged, no picture, or too many pixels to open."""
    most = _most_megapixels(extension)
    try:
        with Image.open(io.BytesIO(content), formats=[FORMATS[extension]]) as image:
            frames = getattr(image, "n_frames", 1)
            if image.width * image.height * frames > most * 1_000_000 or frames > MOST_FRAMES:
                raise CannotDo(reasons.PICTURE_TOO_LARGE(megapixels=most))
            return _animated(image, extension) if frames > 1 else _still(image, extension)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise CannotDo(reasons.PICTURE_TOO_LARGE(megapixels=most)) from error
    except (OSError, SyntaxError, EOFError, KeyError, IndexError, OverflowError, MemoryError) as error:
        raise CannotDo(reasons.PICTURE_DAMAGED()) from error


def _most_megapixels(extension: str) -> int:
    """A JPEG is opened at a fraction of its size, all else whole, at 4 bytes a pixel."""
    most = settings.ATTACHMENT_MAX_MEGAPIXELS
    return most if extension == ".jpg" else most // 2


def _still(image: Image.Image, extension: str) -> Picture:
    image.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    if extension == ".jpg" and upright.mode not in {"RGB", "L"}:
        upright = upright.convert("RGB")
    return _saved(upright, extension, quality=85)


def _animated(image: Image.Image, extension: str) -> Picture:
    frames = [frame.convert("RGBA") for frame in ImageSequence.Iterator(image)]
    durations = [frame.info.get("duration") or 100 for frame in ImageSequence.Iterator(image)]
    first, *rest = frames
    options = {"save_all": True, "append_images": rest, "duration": durations, "loop": 0}
    return _saved(first, extension, **options)


def _saved(image: Image.Image, extension: str, **options: object) -> Picture:
    """Without what the file carried beside its pixels: EXIF, comments, colour profiles."""
    for kept in ("exif", "comment", "icc_profile", "xmp", "pnginfo"):
        image.info.pop(kept, None)
    image.getexif().clear()
    written = io.BytesIO()
    image.save(written, FORMATS[extension], **options)
    return Picture(written.getvalue(), image.width, image.height)
