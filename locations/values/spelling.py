"""What of people's spelling is forgiven before an exact comparison, at every door."""

import unicodedata


def tidy(text: str) -> str:
    """Without blanks around it, NFC; nothing else is touched (decision 5)."""
    text = text.strip()
    return text if text.isascii() else unicodedata.normalize("NFC", text)
