"""History: every picture that was made, as a sheet of prints to search, star, take along, and recall by a click."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import gradio as gr

from engine.errors import GeniusLociError
from engine.geo.region import Box, Polygon
from engine.studio.gallery import Artefact, recall_picture
from engine.studio.history import search
from engine.studio.rerun import rerun
from ui import text
from ui.answers import STAMP, at_once, at_work
from ui.desk import Desk
from ui.develop import outcome, watched
from ui.easel import Updates
from ui.explore import Explore
from ui.notice import notice, sentence
from ui.recall import Recall
from ui.session import Session
from ui.sheet import build_sheet, sheet_json, take_along

MOST_PRINTS = 200
_ANY = ""
_ANY_AGE = 0


class History:
    """The tab: the gallery on disk, newest first, what narrows it, and two ways to bring a file back."""

    def __init__(self, desk: Desk, explore: Explore, recall: Recall, session: gr.State, tab: gr.Tab) -> None:
        self.desk, self.explore, self.recall = desk, explore, recall
        with gr.Row(elem_id="history-find", visible=False) as self.find:
            self.search = gr.Textbox(
                label=text.SEARCH,
                placeholder=text.SEARCH_HINT,
                container=False,
                max_lines=1,
                elem_id="history-search",
            )
            self.model = gr.Dropdown(
                [(text.EVERY_MODEL, _ANY)],
                value=_ANY,
                label=text.MODEL,
                show_label=False,
                container=False,
                filterable=False,
                visible=False,
                elem_id="history-model",
            )
            self.age = gr.Dropdown(
                list(text.AGES.items()),
                value=_ANY_AGE,
                label=text.AGE,
                show_label=False,
                container=False,
                filterable=False,
                elem_id="history-age",
            )
            self.starred = gr.Checkbox(
                False, label=text.STARRED, container=False, min_width=0, elem_id="history-starred"
            )
            self.within = gr.Checkbox(
                False,
                label=text.WITHIN_REGION,
                container=False,
                min_width=0,
                visible=False,
                elem_id="history-within",
            )
        with gr.Row(elem_id="history-head"):
            self.words = gr.HTML(notice(text.HISTORY_EMPTY), elem_id="history-words")
            self.take = gr.Button(text.DOWNLOAD, size="sm", visible=False, elem_id="history-download")
            # The zip is made when it is asked for; then the page presses this button, which nobody sees.
            self.taken = gr.DownloadButton(visible="hidden", elem_id="history-file")
            self.upload = gr.UploadButton(
                text.RECALL_FILE, file_types=["image"], size="sm", elem_id="recall-file", min_width=200
            )
        self.all = gr.Button(text.SHOW_ALL, size="sm", visible=False, elem_id="history-all")
        self.sheet = build_sheet(elem_id="history-sheet")
        self._wire(session, tab)

    def _wire(self, session: gr.State, tab: gr.Tab) -> None:
        listed = [self.find, self.model, self.within, self.words, self.take, self.all, self.sheet]
        filters = [self.search, self.model, self.age, self.starred, self.within]
        asked = [session, *filters]
        answer = at_once(session)
        latest = answer | {"trigger_mode": "always_last"}
        tab.select(self._list, asked, listed, **answer)
        # Gradio calls only the keys of signs an input, so that Backspace and pasting need the change.
        narrowed = [self.search.change, *(each.input for each in filters[1:])]
        gr.on(narrowed, self._list, asked, listed, **latest)
        self.explore.map.change(self._follow, asked, listed, **latest)
        self.all.click(self._list_all, session, [*listed, self.search, self.age, self.starred], **answer)
        self.sheet.print_starred(self._star, asked, listed, **answer | {"trigger_mode": "multiple"})
        deleted = [*listed, *self.explore.outputs]
        self.sheet.print_deleted(self._delete, asked, deleted, **answer | {"trigger_mode": "multiple"})
        again = at_work(session)
        self.sheet.print_rerun(self._rerun, None, self.words, **again)
        packed = self.take.click(self._take, asked, [self.taken, self.words], **answer)
        packed.success(None, js=_PRESS, api_visibility="private")

        recalled = self.recall.outputs
        outputs = [*recalled, self.words]
        stamped = answer | {"js": STAMP}
        self.sheet.print_opened(self._open, [session, self.explore.asked], outputs, **stamped)
        self.upload.upload(self._bring, [session, self.explore.asked, self.upload], outputs, **stamped)
        dropped = [session, self.explore.asked, self.explore.dropped]
        self.explore.dropped.upload(self._drop, dropped, recalled, **stamped)

    # ---- what is shown -------------------------------------------------------------------------------------------

    def _list(
        self, session: Session, words: str, model: str, age_h: float, starred: bool, within: bool
    ) -> Updates:
        """The newest pictures that fit, and the filters that there is a use for."""
        pictures = self.desk.studio.gallery.list()
        models = sorted({picture.request.model for picture in pictures})
        gone = model != _ANY and model not in models
        area = _area(session)
        found = self._found(pictures, session, words, _ANY if gone else model, age_h, starred, within)
        count = text.shown_words(len(found), len(pictures)) if found else text.NOTHING_FITS
        choices = [(text.EVERY_MODEL, _ANY), *((name, name) for name in models)]
        # Values are left alone where they can be: the hand may be on them.
        return {
            self.find: gr.update(visible=bool(pictures)),
            self.model: gr.update(
                choices=choices, visible=len(models) > 1, **({"value": _ANY} if gone else {})
            ),
            self.within: gr.update(
                visible=area is not None, **({"value": False} if within and not area else {})
            ),
            self.words: notice(count if pictures else text.HISTORY_EMPTY),
            self.take: gr.update(visible=bool(found)),
            self.all: gr.update(visible=bool(pictures) and not found),
            self.sheet: sheet_json(found, self.desk.prints, self.desk.studio.gallery.starred()),
        }

    def _found(
        self,
        pictures: Sequence[Artefact],
        session: Session,
        words: str,
        model: str,
        age_h: float,
        starred: bool,
        within: bool,
    ) -> tuple[Artefact, ...]:
        stars = self.desk.studio.gallery.starred() if starred else None
        region = _area(session) if within else None
        since = datetime.now(UTC) - timedelta(hours=age_h)
        young = [picture for picture in pictures if not age_h or picture.created_at >= since]
        return search(young, words or "", region, model or None, starred=stars)[:MOST_PRINTS]

    def _list_all(self, session: Session) -> Updates:
        """The newest pictures of all, and every filter as it was at first."""
        cleared = {self.search: "", self.age: _ANY_AGE, self.starred: False}
        cleared |= {self.model: _ANY, self.within: False}
        return self._list(session, "", _ANY, _ANY_AGE, False, False) | cleared

    def _follow(self, session: Session, *filters: Any) -> Updates:
        """What the map's drawn region changes here, whenever the map changes."""
        if filters[-1]:
            return self._list(session, *filters)
        return {self.within: gr.update(visible=_area(session) is not None)}

    # ---- star, delete, take along --------------------------------------------------------------------------------

    def _star(self, session: Session, event: gr.EventData, *filters: Any) -> Updates:
        id, on = str(getattr(event, "id", "")), getattr(event, "on", None) is True
        return self._changed(lambda: self.desk.studio.gallery.star(id, on), session, filters)

    def _delete(self, session: Session, event: gr.EventData, *filters: Any) -> Updates:
        """Delete a picture, and clear the frame where it is the one that is looked at."""
        id = str(getattr(event, "id", ""))

        def delete() -> None:
            self.desk.studio.gallery.delete(id)
            self.desk.prints.forget(id)

        updates = self._changed(delete, session, filters)
        if session.selected == id:
            session.selected = None
            if session.job is None or session.job.state not in ("queued", "running"):
                updates |= self.explore.easel.empty(session)
        return updates | {self.explore.map: self.desk.map_of(session)}

    def _changed(self, change: Callable[[], None], session: Session, filters: Sequence[Any]) -> Updates:
        """The list after a change; where it could not be made, with the reason why."""
        try:
            change()
        except GeniusLociError as error:
            return self._list(session, *filters) | {self.words: notice(sentence(error), wrong=True)}
        return self._list(session, *filters)

    def _take(self, session: Session, *filters: Any) -> Updates:
        try:
            found = self._found(self.desk.studio.gallery.list(), session, *filters)
            return {self.taken: str(take_along(self.desk.cache / "taken", found))}
        except GeniusLociError as error:
            return {self.taken: None, self.words: notice(sentence(error), wrong=True)}

    # ---- make again -----------------------------------------------------------------------------------------------

    def _rerun(self, event: gr.EventData) -> Iterator[str]:
        """Make a picture again, and say whether its bytes are the same; the gallery keeps the one it has."""
        studio = self.desk.studio
        try:
            artefact = studio.gallery.get(str(getattr(event, "id", "")))
        except GeniusLociError as error:
            yield notice(sentence(error), wrong=True)
            return
        job = studio.jobs.submit(
            artefact.request,
            lambda _, on_progress, cancel: rerun(studio, artefact, on_progress, cancel),
        )
        with closing(watched(job)) as events:
            for progress in events:
                yield notice(text.rerun_step(progress))
        result = outcome(job)
        yield result if isinstance(result, str) else notice(text.rerun_words(result))

    # ---- recall --------------------------------------------------------------------------------------------------

    def _open(self, session: Session, event: gr.EventData, asked_ms: float) -> Updates:
        return self._recall(
            session, asked_ms, lambda: self.desk.studio.gallery.get(str(getattr(event, "id", "")))
        )

    def _bring(self, session: Session, asked_ms: float, path: str | None) -> Updates:
        return self._recall(session, asked_ms, lambda: recall_picture(Path(path or "")))

    def _drop(self, session: Session, asked_ms: float, path: str | None) -> Updates:
        return self._recall(session, asked_ms, lambda: recall_picture(Path(path or "")), self.explore.status)

    def _recall(
        self, session: Session, asked_ms: float, find: Callable[[], Artefact], words: gr.HTML | None = None
    ) -> Updates:
        """The page as it was when the picture was made; where it cannot be found, `words` say why."""
        try:
            return self.recall.recall(session, asked_ms, find())
        except GeniusLociError as error:
            return {words or self.words: notice(sentence(_without_folders(str(error))), wrong=True)}


_PRESS = "() => { setTimeout(() => document.querySelector('#history-file').click()); }"


def _area(session: Session) -> Box | Polygon | None:
    """The region that is drawn on the map, where it has an inside."""
    drawn = session.region and session.region.geometry
    return drawn if isinstance(drawn, Box | Polygon) else None


def _without_folders(words: str) -> str:
    """The words with files named without their folders, which are the server's own."""
    return re.sub(r"(?<!\S)/\S*/(?=\S)", "", words)
