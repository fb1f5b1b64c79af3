"""Settings of a GPS judge: the presets, the paper's numbers, and what is refused."""

import pytest

from engine.errors import BadRequest
from engine.evaluation.gps_clip.config import GpsClipConfig, gps_clip_preset_names, load_gps_clip_preset


def test_the_papers_preset_has_the_papers_numbers() -> None:
    paper = load_gps_clip_preset("paper-judge")
    assert (paper.temperature, paper.batch_size, paper.learning_rate) == (0.07, 512, 1e-4)
    assert (paper.vision, paper.place_tower) == ("facebook/dinov2-base", "mlp")
    assert (paper.apart_m, paper.words) == (0.0, False)
    assert paper == GpsClipConfig(preset="paper-judge"), "the defaults are the paper's"


def test_presets_take_overrides_and_keep_their_name() -> None:
    assert gps_clip_preset_names() == ["paper-judge", "small-judge"]
    small = load_gps_clip_preset("small-judge", max_train_steps=7.0, seed=3)
    assert (small.preset, small.max_train_steps, small.seed, small.vision) == ("small-judge", 7, 3, "")


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        ({"batch_size": 1}, "batch_size is 1; choose a number from 2"),
        ({"temperature": float("nan")}, "temperature is nan"),
        ({"place_tower": "tree"}, "choose from mlp, periodic"),
        ({"words": 1}, "words is 1; give true or false"),
        ({"vision": 5}, "vision is 5; give text"),
        ({"speed": 5}, "no setting 'speed'"),
        ({"vision": "a-folder"}, "closest 0.6 is for the small network"),
    ],
)
def test_settings_out_of_range_are_refused(overrides: dict, words: str) -> None:
    with pytest.raises(BadRequest, match=words):
        load_gps_clip_preset("small-judge", **overrides)


def test_an_unknown_preset_is_refused() -> None:
    with pytest.raises(BadRequest, match="no preset 'tiny'; choose from paper-judge, small-judge"):
        load_gps_clip_preset("tiny")
