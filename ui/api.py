"""The HTTP interface: pictures, averages, films and sheets, asked for by a program, on the same way as by a click."""

from pathlib import Path
from typing import Any

import gradio as gr
from gradio.data_classes import FileData

from engine.errors import BadRequest, GeniusLociError
from engine.studio.requests import ImageRequest, PictureRequest, request_from_dict
from engine.studio.whereabouts import find_place
from ui.answers import MOST_AT_WORK
from ui.desk import Desk
from ui.notice import sentence


def add_api(desk: Desk) -> None:
    """Add the endpoints `/generate` and `/make` to the page that is being built."""

    def generate(
        place: str = "",
        prompt: str = "",
        model: str = "",
        negative_prompt: str = "",
        guidance_scale: float | None = None,
        gps_guidance_scale: float | None = None,
        num_inference_steps: int | None = None,
        seed: int = 0,
        heading: float | None = None,
        hour: float | None = None,
        month: float | None = None,
        azimuth: float | None = None,
        distance: float | None = None,
        width_px: int | None = None,
        height_px: int | None = None,
        gps_in_exif: bool = True,
    ) -> tuple[dict[str, Any], list[str]]:
        """The picture of a place ("55.6985, 13.1955"), as the PNG that the studio wrote, with its request inside, and
        notices: sentences on what the model does not know of the place and the words.

        A place may also be a plus code, or a name or a street corner of the built-in city where the model is at home
        there. An empty place leaves the place open, an empty model takes the studio's default, and guidance scales and
        steps of None are the model's own. An azimuth is the side from which a landmark is seen, and a
        distance (m) how far from it, for models of one.
        """
        try:
            model = str(model or desk.studio.shelf.default)
            card = desk.studio.shelf.get(model).card
            request = ImageRequest(
                model=model,
                place=find_place(str(place), card.box if card else None) if place else None,
                prompt=prompt,
                negative_prompt=negative_prompt,
                guidance_scale=guidance_scale,
                gps_guidance_scale=gps_guidance_scale,
                num_inference_steps=num_inference_steps,
                seed=seed,
                heading=heading,
                azimuth=azimuth,
                distance=distance,
                hour=hour,
                month=month,
                width_px=width_px,
                height_px=height_px,
                gps_in_exif=gps_in_exif,
            )
            artefact = desk.studio.jobs.submit(request.validate()).result()
        except GeniusLociError as error:
            raise gr.Error(sentence(error), print_exception=False) from error
        return _file(artefact.path), list(artefact.notices)

    def make(request: dict) -> tuple[dict[str, Any], list[dict[str, Any]], dict[str, Any]]:
        """Whatever the studio can make, by the request that each of its files carries: {"version": 1, "request":
        "average", "model": "demo", "region": {"south": 40.764, "west": -73.982, "north": 40.8, "east": -73.949}}.

        Returns the picture, the files that belong to it (a film, a map of disagreement), and what is known of both:
        the request with every number, notices, figures.
        """
        try:
            asked = request_from_dict(request)
            if not isinstance(asked, PictureRequest):
                raise BadRequest(
                    f"requests of the kind {asked.NAME!r} work on this computer's folders; use the command line"
                )
            artefact = desk.studio.jobs.submit(asked).result()
        except GeniusLociError as error:
            raise gr.Error(sentence(error), print_exception=False) from error
        known = {"request": artefact.request.to_dict(), **artefact.details}
        return _file(artefact.path), [_file(path) for path in artefact.files.values()], known

    for endpoint in (generate, make):
        gr.api(
            endpoint, api_name=endpoint.__name__, concurrency_id="pictures", concurrency_limit=MOST_AT_WORK
        )


def _file(path: Path) -> dict[str, Any]:
    return FileData(path=str(path), orig_name=path.name).model_dump()
