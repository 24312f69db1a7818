"""What a client or a stranger is refused, in words, with the number that goes with it on each door."""


class Refusal(Exception):
    """`code`: one word for programs; `status`: HTTP's number; `retry_after`: seconds, 0 when waiting helps nobody."""

    def __init__(self, status: int, code: str, sentence: str, retry_after: int = 0) -> None:
        super().__init__(sentence)
        self.status = status
        self.code = code
        self.sentence = sentence
        self.retry_after = retry_after

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(self.retry_after)} if self.retry_after else {}

    @property
    def words(self) -> dict[str, str]:
        return {"error": self.sentence, "code": self.code}
