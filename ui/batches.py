"""Batches: a file of places becomes pictures, one after another, each with its pin on the map."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from engine.errors import GeniusLociError
from engine.studio.batch import read_batch
from ui import text
from ui.answers import STAMP, at_work
from ui.desk import Desk
from ui.develop import looks, outcome
from ui.easel import Updates
from ui.explore import Explore
from ui.notice import notice, notices, sentence
from ui.session import Session


class Batches:
    """A button below the settings of Explore, which takes a file of places."""

    def __init__(self, desk: Desk, explore: Explore, session: gr.State) -> None:
        self.desk, self.explore = desk, explore
        self.upload = gr.UploadButton(
            text.BATCH, file_types=[".geojson", ".json", ".kml", ".kmz", ".gpx", ".csv"], elem_id="batch"
        )
        asked = [session, explore.asked, self.upload, *explore.settings.controls]
        self.upload.upload(
            self._make,
            asked,
            explore.outputs,
            js=STAMP,
            **at_work(session, trigger_mode="once"),
        )

    def _make(self, session: Session, asked_ms: float, path: str | None, *values: Any) -> Iterator[Updates]:
        """Make the pictures, and look on while each develops; the page's Cancel ends all of it."""
        explore, darkroom, status = self.explore, self.explore.darkroom, self.explore.status
        try:
            card = self.desk.card(session)
            like = explore.settings.request(session.model, card, explore.settings.replaced(values, place=""))
            items, refused = read_batch(Path(path or ""), like)
        except GeniusLociError as error:
            yield {status: notice(sentence(error), wrong=True)}
            return
        for number, item in enumerate(items, 1):
            request = item.request
            if not session.ask(asked_ms, lambda request=request: self.desk.studio.jobs.submit(request)):
                yield gr.skip()
                return
            job = session.job
            yield darkroom.begun(session, request, ())
            for picture, _ in looks(session, self.desk.ratio(session)):
                words = notice(text.batch_step(number, len(items), item.name))
                yield {explore.easel.picture: picture, status: words}
            if job is None or session.job is not job:
                yield darkroom.take(session)  # something else was asked for
                return
            result = outcome(job)
            if isinstance(result, str):
                yield {**darkroom.idle(session), status: result}
                return
            yield darkroom.finished(session, result)
        yield {
            status: notice(text.batch_done(len(items), len(refused))),
            explore.easel.noted: notices(map(sentence, refused)),
        }
