"""A visitor's trail: the pictures that were asked for, one after the other, to go back and forth along."""

from engine.studio.requests import ImageRequest

MOST = 50
"""Requests that are kept; the oldest is forgotten first."""


class Trail:
    """Requests in the order in which they were asked, and the one that the page shows."""

    def __init__(self) -> None:
        self._requests: list[ImageRequest] = []
        self._at = -1

    def add(self, request: ImageRequest) -> None:
        """Go on from the one that is shown: what had been undone is forgotten. The same request again is no step."""
        if self._requests and self._requests[self._at] == request:
            return
        self._requests = [*self._requests[: self._at + 1], request][-MOST:]
        self._at = len(self._requests) - 1

    def move(self, steps: int) -> ImageRequest | None:
        """The request so many steps on, or back where negative, which is shown from now on; None beyond either end."""
        if not self.reaches(steps):
            return None
        self._at += steps
        return self._requests[self._at]

    def reaches(self, steps: int) -> bool:
        """Whether there is a request so many steps on."""
        return 0 <= self._at + steps < len(self._requests)
