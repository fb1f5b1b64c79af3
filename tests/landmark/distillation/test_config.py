"""Settings: the paper's numbers are pinned, presets load, and what makes no sense is refused in one sentence."""

import pytest

from engine.errors import BadRequest
from engine.landmark.distillation.config import DistilConfig, distil_preset_names, load_distil_preset


def test_the_paper_is_number_by_number() -> None:
    paper = load_distil_preset("paper")
    assert (paper.method, paper.direction, paper.field) == ("sds", "azimuth", "hash-grid")
    assert (paper.max_train_steps, paper.learning_rate) == (10_000, 0.01)
    assert (paper.first_timesteps, paper.last_timesteps) == ((0.98, 0.98), (0.02, 0.5))
    assert (paper.anneal_steps, paper.shading_from_step) == (8_000, 1_000)
    assert paper.elevation_deg[1] <= 0
    assert min(paper.orientation_weight, paper.opacity_weight) > 0
    assert paper.cameras.azimuths_deg is None


def test_dreamfusion_differs_by_its_words_alone() -> None:
    paper, words = load_distil_preset("paper"), load_distil_preset("dreamfusion")
    assert words == DistilConfig(**(vars(paper) | {"direction": "words", "preset": "dreamfusion"}))


@pytest.mark.parametrize("name", distil_preset_names())
def test_every_preset_loads_and_takes_changes(name: str) -> None:
    assert load_distil_preset(name, seed=7.0).seed == 7
    assert load_distil_preset(name).preset == name


def test_steps_of_a_dataset_update_are_those_of_its_rounds_and_passes() -> None:
    config = DistilConfig(method="dataset-update", ring_views=12, views_per_step=4, rounds=5, passes=2)
    assert config.steps == 21
    assert DistilConfig(max_train_steps=9).steps == 9


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"method": "magic"}, "choose from sds"),
        ({"ring_views": 10}, "do not come in lots of 4"),
        ({"hour": 25}, "hour is 25; choose a number from 0 to 24"),
        ({"learning_rate": float("nan")}, "learning_rate is nan"),
        ({"rounds": 2.5}, "give a whole number"),
        ({"strengths": [0.5]}, "give two numbers"),
        ({"distance": (3, 2)}, "give the smaller number first"),
        ({"source_prompt": 3}, "give text"),
    ],
)
def test_what_makes_no_sense_is_refused(changes: dict, said: str) -> None:
    with pytest.raises(BadRequest, match=said):
        DistilConfig(**changes)


def test_unknown_presets_and_settings_are_named() -> None:
    with pytest.raises(BadRequest, match="no preset 'fast'; choose from draft, dreamfusion, paper"):
        load_distil_preset("fast")
    with pytest.raises(BadRequest, match="no setting 'speed'"):
        load_distil_preset("draft", speed=3)
