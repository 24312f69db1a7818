"""What of the chat is found by words: the texts of messages and the titles of conversations."""

from locations.word_index import Words

CHAT_MESSAGES = Words("inbox_chatmessage", texts=("text",))
CONVERSATIONS = Words("inbox_conversation", texts=("title",))
