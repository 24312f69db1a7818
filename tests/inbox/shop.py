"""A shop's page on another origin, with a strict policy of its own, that embeds the chat's button."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

POLICY = "default-src 'none'; script-src {site}; frame-src {site}; style-src 'self'"


class Shop:
    """`http://localhost:<port>/`: to a browser another site than 127.0.0.1. `page`: what its body holds."""

    def __init__(self, site: str) -> None:
        self.page = ""
        self.policy = POLICY.format(site=site)
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = f"<!doctype html><html lang=en><title>Shop</title><body><h1>Shop</h1>{shop.page}</body>".encode()
                self.send_response(200 if self.path == "/" else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Security-Policy", shop.policy)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments: object) -> None:
                """In silence."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://localhost:{self.server.server_port}"

    def __enter__(self) -> "Shop":
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.shutdown()
        self.server.server_close()
