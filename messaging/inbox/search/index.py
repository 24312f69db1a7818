"""What of the chat is found by words: the texts of messages and the titles of conversations."""

from locations.search.word_index import Words

CHAT_MESSAGES = Words("inbox_chatmessage", ("text",), prefixes="2 3 4 5")
CONVERSATIONS = Words("inbox_conversation", ("title",), prefixes="2 3 4 5")
