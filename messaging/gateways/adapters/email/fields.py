"""What connecting an e-mail account asks for: the server that sends, and the mailbox that answers come to."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..base import ConfigField

LONGEST_BEFORE_PLUS = 64 - len("+") - 36  # RFC 5321, 4.5.3.1.1; a message's key has 36 characters

SENDING_FIELDS = (
    ConfigField(
        "host", gettext_lazy("Server"), is_address=True, help_text=gettext_lazy("For example smtp.example.com.")
    ),
    ConfigField(
        "security",
        gettext_lazy("Encryption"),
        default="starttls",
        choices=(
            ("starttls", gettext_lazy("STARTTLS (usually port 587)")),
            ("ssl", gettext_lazy("SSL/TLS (usually port 465)")),
            ("none", gettext_lazy("none: only inside one's own network")),
        ),
    ),
    ConfigField("port", gettext_lazy("Port"), kind="number", default="587"),
    ConfigField("username", gettext_lazy("User name"), is_required=False),
    ConfigField("password", gettext_lazy("Password"), is_secret=True, is_required=False),
    ConfigField("sender", gettext_lazy("Sender's address"), kind="email"),
    ConfigField(
        "sender_name",
        gettext_lazy("Sender's name"),
        is_required=False,
        help_text=gettext_lazy("What the recipient reads instead of the address."),
    ),
    ConfigField(
        "reply_to",
        gettext_lazy("Replies go to"),
        is_required=False,
        kind="email",
        help_text=gettext_lazy("Empty: to the sender's address."),
    ),
    ConfigField(
        "returns_to",
        gettext_lazy("Undelivered letters come back to"),
        is_required=False,
        choices=(
            ("", gettext_lazy("the sender's address as it is")),
            ("plus", gettext_lazy("a plus address with the letter's number: orders+number@shop.example")),
        ),
        help_text=gettext_lazy(
            "With the number a letter that came back is known whatever relays made of it. Only if the sender's mailbox"
            " takes plus addresses: write to one of yours first and see that it arrives."
        ),
    ),
)
MAILBOX_FIELDS = (
    ConfigField(
        "imap_host",
        gettext_lazy("Mailbox: server (IMAP)"),
        is_required=False,
        is_address=True,
        help_text=gettext_lazy(
            "For example imap.example.com. New letters become chat messages; nothing in the mailbox is changed. "
            "Empty: nobody reads answers here."
        ),
    ),
    ConfigField(
        "imap_security",
        gettext_lazy("Mailbox: encryption"),
        is_required=False,
        default="ssl",
        choices=(
            ("ssl", gettext_lazy("SSL/TLS (usually port 993)")),
            ("starttls", gettext_lazy("STARTTLS (usually port 143)")),
            ("none", gettext_lazy("none: only inside one's own network")),
        ),
    ),
    ConfigField("imap_port", gettext_lazy("Mailbox: port"), kind="number", is_required=False, default="993"),
    ConfigField("imap_username", gettext_lazy("Mailbox: user name"), is_required=False),
    ConfigField("imap_password", gettext_lazy("Mailbox: password"), is_secret=True, is_required=False),
)


def _may_be_host(name: str) -> bool:
    """Else asking for its address raises something odd, long after it was saved."""
    if any(char.isspace() or char in "/@" for char in name):
        return False
    try:
        name.encode("idna")
    except UnicodeError:  # an empty or too long part, a letter that no name has
        return False
    return True


def find_faults(config: dict[str, str]) -> dict[str, str]:
    """A field's name -> a sentence."""
    faults = {}
    for prefix in ("", "imap_") if config.get("imap_host") else ("",):
        if not 1 <= int(config.get(f"{prefix}port") or 0) <= 65_535:
            faults[f"{prefix}port"] = _("A port is a number from 1 to 65535.")
        if not _may_be_host(config.get(f"{prefix}host", "")):
            faults[f"{prefix}host"] = _("Write the server's name only, like smtp.example.com.")
    if config.get("returns_to") and len(config.get("sender", "").partition("@")[0]) > LONGEST_BEFORE_PLUS:
        faults["returns_to"] = _("The sender's name before the @ is too long for that: 64 characters are allowed.")
    for name in ("sender", "reply_to"):
        if not config.get(name, "").isascii():
            faults[name] = _("An e-mail address uses Latin letters only.")
    if config.get("username") and not config.get("password"):
        faults["password"] = _("A user name needs a password; leave both empty if the server asks for none.")
    if config.get("imap_host") and not (config.get("imap_username") and config.get("imap_password")):
        faults["imap_password"] = _("A mailbox needs a user name and a password.")
    return faults
