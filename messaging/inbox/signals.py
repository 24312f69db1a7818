"""What clients wrote, told in batches, inside the transaction; listeners only write rows."""

from django.dispatch import Signal

client_wrote = Signal()
"""`chat_messages: list[ChatMessage]`, each with its `conversation` and `line` loaded. Heard by messaging.inbox."""
