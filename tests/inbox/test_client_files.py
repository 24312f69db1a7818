"""Photos and files: checked by what is in them, handed out to whom they belong, and never run."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from PIL import Image

from messaging.inbox.attachments.attachments import attach, clean_name
from messaging.inbox.identity.access import client_token
from messaging.inbox.models import Attachment, ChatMessage
from tests.inbox.makers import make_conversation, switch_on
from tests.makers import make_user

pytestmark = pytest.mark.django_db
PNG_HEAD = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(autouse=True)
def _chat_is_on():
    switch_on()


def picture(form: str = "JPEG", size: tuple[int, int] = (40, 30), **options: object) -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", size, "red").save(kept, form, **options)
    return kept.getvalue()


def zipped(**names: str) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        for name, words in names.items():
            archive.writestr(name.replace("__", "/"), words)
    return kept.getvalue()


def document(part: str, **more: str) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        for name, words in {"[Content_Types].xml": "<Types/>", part: "<a/>", **more}.items():
            archive.writestr(name, words)
    return kept.getvalue()


def sent(browser: Browser, content: bytes, name: str) -> tuple[int, str]:
    """The status and the page that a client sees after sending it."""
    address = f"/chat/{client_token(make_conversation().client)}/"
    answer = browser.post(address, {"text": "", "file": SimpleUploadedFile(name, content)})
    return answer.status_code, answer.content.decode()


TAKEN = {
    "photo.jpg": (picture(), "image/jpeg"),
    "scan.png": (picture("PNG"), "image/png"),
    "sticker.webp": (picture("WEBP"), "image/webp"),
    "moving.gif": (picture("GIF", save_all=True, append_images=[Image.new("RGB", (40, 30), "blue")]), "image/gif"),
    "bill.pdf": (b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n", "application/pdf"),
    "words.txt": ("Привет, где заказ?".encode(), "text/plain"),
    "old.txt": ("Привет".encode("cp1251"), "text/plain"),
    "rows.csv": (b"a;b\n1;2\n", "text/csv"),
    "letter.docx": (
        document("word/document.xml"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "table.xlsx": (document("xl/workbook.xml"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "files.zip": (zipped(a="hello"), "application/zip"),
    "photo.heic": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"x" * 50, "image/heic"),
    "film.mov": (b"\0\0\0\x14ftypqt  \0\0\0\0qt  " + b"x" * 50, "video/quicktime"),
    "winmail.dat": (b"\x78\x9f\x3e\x22\x01\x00" + b"x" * 50, "application/ms-tnef"),
    "open.odt": (zipped(mimetype="application/vnd.oasis.opendocument.text"), "application/vnd.oasis.opendocument.text"),
    "voice.ogg": (b"OggS\x00\x02" + bytes(22) + b"\x01\x13OpusHead" + bytes(50), "audio/ogg"),
    "voice.m4a": (b"\0\0\0\x20ftypM4A \0\0\0\0M4A mp42isom" + bytes(50), "audio/mp4"),
    "song.mp3": (b"ID3\x03\x00\x00\x00\x00\x00\x00" + bytes(100), "audio/mpeg"),
}
REFUSED = {
    "a zip called a picture": ("photo.jpg", zipped(a="hello"), "is called a picture, but is none inside"),
    "a page called a picture": ("photo.png", b"<html><script>alert(1)</script>", "is called a picture"),
    "a damaged zip": ("files.zip", zipped(a="hello")[:-30], "is not accepted here"),
    "macros in a zip": ("files.zip", zipped(**{"word/vbaProject.bin": "x"}), "is not accepted here"),
    "a page": ("page.html", b"<!doctype html><script>alert(1)</script>", "is not accepted here"),
    "a page called text": ("page.txt", b" \n<script>alert(1)</script>", "is not accepted here"),
    "a drawing": ("logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "is not accepted here"),
    "a drawing with a head": ("logo.svg", b"\xef\xbb\xbf<?xml version='1.0'?><svg/>", "is not accepted here"),
    "a program": ("photo.exe", b"MZ\x90\x00" + bytes(200), "is not accepted here"),
    "macros": ("bill.docm", document("word/document.xml", **{"word/vbaProject.bin": "x"}), "is not accepted here"),
    "a page before a pdf": ("bill.pdf", b"<script>alert(1)</script>%PDF-1.7\n", "is not accepted here"),
    "half a picture": ("photo.png", picture("PNG")[:60], "The picture is damaged"),
    "the beginning of one": ("photo.png", PNG_HEAD, "The picture is damaged"),
    "nothing": ("empty.txt", b"", "is empty"),
    "noise": ("noise.bin", bytes(range(256)), "is not accepted here"),
}


@pytest.mark.parametrize("name", TAKEN)
def test_it_takes_what_people_send(client: Browser, name: str):
    content, content_type = TAKEN[name]
    assert sent(client, content, name)[0] == 303
    kept = Attachment.objects.get()
    assert (kept.name, kept.content_type) == (name, content_type)


@pytest.mark.parametrize("what", REFUSED)
def test_it_refuses_in_words_what_could_do_harm_or_is_broken(client: Browser, what: str):
    name, content, sentence = REFUSED[what]
    status, page = sent(client, content, name)
    assert status == 422
    assert sentence in page
    assert not ChatMessage.objects.exists()


def test_where_a_photo_was_taken_is_not_kept(client: Browser):
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    exif[0x010E] = "my street"
    assert sent(client, picture(exif=exif), "photo.jpg")[0] == 303
    with Attachment.objects.get().file.open("rb") as kept, Image.open(kept) as shown:
        assert not shown.getexif()
        kept.seek(0)
        assert b"my street" not in kept.read()


@pytest.mark.parametrize(("form", "name"), [("JPEG", "a.jpg"), ("PNG", "a.png"), ("GIF", "a.gif"), ("WEBP", "a.webp")])
def test_what_hides_behind_a_picture_is_not_kept(client: Browser, form: str, name: str):
    assert sent(client, picture(form) + b"<script>alert(1)</script>" + zipped(a="x"), name)[0] == 303
    with Attachment.objects.get().file.open("rb") as kept:
        assert b"script" not in kept.read()


def test_a_photo_lies_as_it_was_held_and_is_no_larger_than_a_screen(client: Browser):
    exif = Image.Exif()
    exif[0x0112] = 6  # the phone was turned
    assert sent(client, picture(size=(4000, 2000), exif=exif), "photo.jpg")[0] == 303
    kept = Attachment.objects.get()
    assert (kept.width, kept.height) == (1280, 2560)


def test_a_phones_largest_photo_is_taken(client: Browser):
    assert sent(client, picture(size=(8160, 6120)), "photo.jpg")[0] == 303
    assert Attachment.objects.get().width == 2560


def test_a_picture_that_would_fill_the_memory_is_not_opened(client: Browser, settings):
    status, page = sent(client, picture("PNG", size=(30_000, 30_000)), "bomb.png")
    assert status == 422
    assert "25 megapixels are the most" in page


def test_a_moving_picture_counts_all_its_frames(client: Browser, settings):
    settings.ATTACHMENT_MAX_MEGAPIXELS = 2
    frames = [Image.new("RGB", (500, 500), (number, 0, 0)) for number in range(6)]
    moving = picture("GIF", size=(500, 500), save_all=True, append_images=frames)
    assert sent(client, moving, "moving.gif")[0] == 422


def test_a_file_that_is_too_large_is_refused_with_the_size(client: Browser, settings):
    settings.ATTACHMENT_MAX_MEGABYTES = 1
    status, page = sent(client, b"a" * (1024 * 1024 + 1), "long.txt")
    assert status == 413
    assert "1 MB" in page


def test_more_than_five_files_at_once_are_refused(client: Browser):
    address = f"/chat/{client_token(make_conversation().client)}/"
    for count, status in [(6, 422), (5, 303)]:
        files = [SimpleUploadedFile(f"{number}.txt", b"words") for number in range(count)]
        assert client.post(address, {"file": files}).status_code == status


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\a.txt", "a.txt"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ('a"; x=".txt', "a x=.txt"),
        ("\0\r\n", "file"),
        ("x" * 300 + ".jpg", "x" * 90 + ".jpg"),
    ],
)
def test_names_are_only_names(name: str, kept: str):
    assert clean_name(name) == kept


def test_a_file_is_called_after_what_it_is():
    assert attach(SimpleUploadedFile("photo.exe", picture())).name == "photo.jpg"
    assert attach(SimpleUploadedFile("run.bat", b"echo")).name == "run.txt"


def test_on_disk_nobody_can_guess_or_choose_the_name(client: Browser, settings):
    sent(client, b"words", "secret.txt")
    kept = Attachment.objects.get()
    assert "secret" not in kept.file.path
    assert kept.file.path.startswith(str(settings.DATA_DIR / "attachments"))


def given(browser: Browser, content: bytes, name: str) -> tuple[str, Attachment]:
    """The token of the client who sent it, and what was kept."""
    token = client_token(make_conversation().client)
    assert browser.post(f"/chat/{token}/", {"file": SimpleUploadedFile(name, content)}).status_code == 303
    return token, Attachment.objects.latest("pk")


def test_a_picture_is_shown_and_a_file_is_saved_and_neither_can_run(client: Browser):
    for content, name, way in [(picture(), "photo.jpg", "inline"), (b"words", "żółw.txt", "attachment")]:
        token, kept = given(client, content, name)
        answer = client.get(f"/chat/{token}/files/{kept.pk}/")
        assert answer.status_code == 200
        assert answer["Content-Disposition"].startswith(way)
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
        assert answer["Cache-Control"].startswith("private")


def test_nobody_else_gets_it(client: Browser):
    token, kept = given(client, picture(), "photo.jpg")
    other = client_token(make_conversation().client)
    assert client.get(f"/chat/{other}/files/{kept.pk}/").status_code == 404
    assert client.get(f"/chat/{token[:-1]}x/files/{kept.pk}/").status_code == 404
    assert client.get(f"/chat/{token}/files/{kept.pk + 1}/").status_code == 404
    assert client.get(f"/chat/files/{kept.pk}/").status_code == 302


def test_staff_get_it_if_they_may_see_conversations(client: Browser):
    _token, kept = given(client, picture(), "photo.jpg")
    client.force_login(make_user("Operator"))
    assert client.get(f"/chat/files/{kept.pk}/").status_code == 200
    client.force_login(make_user())
    assert client.get(f"/chat/files/{kept.pk}/").status_code == 403


def test_a_file_that_is_gone_from_the_disk_is_not_found(client: Browser):
    token, kept = given(client, b"words", "a.txt")
    kept.file.storage.delete(kept.file.name)
    assert client.get(f"/chat/{token}/files/{kept.pk}/").status_code == 404


def test_one_client_cannot_fill_the_disk(client: Browser, settings):
    settings.CHAT_FILES_PER_HOUR = 2
    address = f"/chat/{client_token(make_conversation().client)}/"

    def send(count: int) -> int:
        files = [SimpleUploadedFile("note.txt", b"Gate code 12") for _number in range(count)]
        return client.post(address, {"file": files, "text": "Look"}).status_code

    assert [send(2), send(1), send(0)] == [303, 429, 303]
    assert Attachment.objects.count() == 2
