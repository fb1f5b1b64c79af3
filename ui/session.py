"""One visitor's session: what is chosen, what is drawn, and the job on its way."""

from dataclasses import dataclass, field

from engine.geo.place import Place
from engine.studio.jobs import Job
from ui.map_state import View
from ui.region import Drawn


@dataclass
class Session:
    """The state of one open page. Handlers of the same page change it in place, so none works on an old copy."""

    model: str = ""
    place: Place | None = None
    heading_deg: float | None = None
    region: Drawn | None = None
    collection: str | None = None
    """Name of the collection whose photos are shown."""
    selected: str | None = None
    """Id of the picture that is looked at."""
    view: View | None = None
    answers: int = 0
    """How many map states were sent; each has the next number."""
    job: Job | None = field(default=None, compare=False)

    def follow(self, job: Job | None) -> None:
        """Make `job` the one that the page waits for; the one before is stopped and its events are dropped."""
        before, self.job = self.job, job
        if before is not None:
            before.cancel()

    def close(self) -> None:
        """Stop what is on its way; the visitor has left."""
        self.follow(None)
