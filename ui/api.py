"""The HTTP interface: the picture of a place, asked for by a program, on the same way as by a click."""

from typing import Any

import gradio as gr
from gradio.data_classes import FileData

from engine.errors import GeniusLociError
from engine.geo.place import Place
from engine.studio.requests import ImageRequest
from ui.desk import Desk
from ui.notice import sentence


def add_api(desk: Desk) -> None:
    """Add the endpoint `/generate` to the page that is being built."""

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
        width_px: int | None = None,
        height_px: int | None = None,
        gps_in_exif: bool = True,
    ) -> tuple[dict[str, Any], list[str]]:
        """The picture of a place ("55.6985, 13.1955"), as the PNG that the studio wrote, with its request inside, and
        notices: sentences on what the model does not know of the place and the words.

        An empty place leaves the place open, an empty model takes the studio's default, and guidance scales and steps
        of None are the model's own.
        """
        try:
            request = ImageRequest(
                model=model or desk.studio.shelf.default,
                place=Place.parse(str(place)) if place else None,
                prompt=prompt,
                negative_prompt=negative_prompt,
                guidance_scale=guidance_scale,
                gps_guidance_scale=gps_guidance_scale,
                num_inference_steps=num_inference_steps,
                seed=seed,
                heading=heading,
                hour=hour,
                month=month,
                width_px=width_px,
                height_px=height_px,
                gps_in_exif=gps_in_exif,
            )
            artefact = desk.studio.jobs.submit(request.validate()).result()
        except GeniusLociError as error:
            raise gr.Error(sentence(error), print_exception=False) from error
        file = FileData(path=str(artefact.path), orig_name=artefact.path.name).model_dump()
        return file, list(artefact.notices)

    gr.api(generate, api_name="generate", concurrency_id="pictures", concurrency_limit=16)
