"""A mail server that says what a test wrote down, to the letter, over a real socket."""

import socketserver
import threading
from typing import Self

ENDLESS = "endless"


class ScriptedMailServer:
    """`says`: a command's first word (or "greeting", "text") -> the answer; what is not there is answered rightly."""

    def __init__(self, **says: str) -> None:
        self.says = says
        self.letters = 0
        script = self

        class Conversation(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                script.talk(self)

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def config(self, **changes: str) -> dict[str, str]:
        where = {"host": "127.0.0.1", "port": str(self._server.server_address[1]), "security": "none"}
        return {**where, "sender": "orders@shop.example", **changes}

    def talk(self, conversation: socketserver.StreamRequestHandler) -> None:
        try:
            self._say(conversation, "greeting", "220 mail.test ESMTP")
            for line in conversation.rfile:
                word = line.split()[0].lower().decode() if line.split() else ""
                self._say(conversation, word, {"data": "354 Go on", "quit": "221 Bye"}.get(word, "250 OK"))
                if word == "data" and "data" not in self.says:
                    while conversation.rfile.readline() not in (b".\r\n", b""):
                        pass
                    self.letters += 1
                    self._say(conversation, "text", "250 OK")
        except OSError:
            return  # the client has hung up

    def _say(self, conversation: socketserver.StreamRequestHandler, moment: str, otherwise: str) -> None:
        answer = self.says.get(moment, otherwise)
        if answer == ENDLESS:
            while True:
                conversation.wfile.write(b"250-and so on " + b"x" * 400 + b"\r\n")
        conversation.wfile.write(answer.encode("utf-8", "surrogateescape") + b"\r\n")
