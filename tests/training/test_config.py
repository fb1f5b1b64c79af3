"""Settings and presets: every number has a name, a sentence and a range."""

import ast
import inspect
from dataclasses import fields

import pytest

from engine.errors import BadRequest
from engine.training.angle_config import AngleConfig, angle_preset_names, load_angle_preset
from engine.training.config import RunConfig, TrainingConfig, gps_preset_names, load_preset


def test_every_preset_loads_and_states_cost_and_result() -> None:
    assert gps_preset_names() == ["demo", "lora-sd15", "medium", "paper-sd14", "small"]
    for name in gps_preset_names():
        assert load_preset(name).preset == name


def test_the_paper_preset_has_the_papers_numbers() -> None:
    paper = load_preset("paper-sd14")
    assert (paper.resolution_px, paper.max_train_steps, paper.total_batch_size) == (512, 15_000, 512)
    assert (paper.learning_rate, paper.lr_scheduler, paper.lr_warmup_steps) == (1e-4, "constant", 0)
    assert (paper.text_only_probability, paper.gps_only_probability, paper.neither_probability) == (0.05,) * 3
    assert paper.conditions == ("longitude", "latitude")
    assert paper.passes(devices=8) * 8 * paper.train_batch_size == 512
    assert paper.lora_rank == 0
    assert paper.min_snr_gamma == 0


def test_every_angle_preset_loads() -> None:
    assert angle_preset_names() == ["companion-angle", "paper-sd14-angle", "small-angle"]
    for name in angle_preset_names():
        assert load_angle_preset(name).preset == name


def test_the_papers_angle_preset_has_the_papers_numbers() -> None:
    paper = load_angle_preset("paper-sd14-angle")
    assert (paper.resolution_px, paper.max_train_steps, paper.total_batch_size) == (256, 800, 256)
    assert (paper.learning_rate, paper.lr_scheduler, paper.lr_warmup_steps) == (5e-6, "constant", 0)
    assert (paper.prior_loss_weight, paper.azimuth_bin_deg, paper.conditions) == (1.0, 10.0, ("azimuth",))
    assert paper.passes(devices=4) * 4 * paper.train_batch_size == 256
    assert paper.lora_rank == 0
    assert paper.bin_weight_cap == 0
    assert paper.validation_share == 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"azimuth_bin_deg": 7}, "azimuth_bin_deg 7 does not divide 360"),
        ({"conditions": ["hour"]}, "cannot be told hour; give azimuth"),
        ({"conditions": ["azimuth", "heading"]}, "cannot be told azimuth, heading"),
        ({"prediction_type": "v_prediction"}, "predicts what its base does"),
        ({"prior_count": 0}, "prior_count is 0"),
        ({"autoencoder_steps": 3}, "no setting 'autoencoder_steps'"),
    ],
)
def test_what_an_angle_model_cannot_be_set_to_is_refused(changes: dict, message: str) -> None:
    with pytest.raises(BadRequest, match=message):
        load_angle_preset("small-angle", **changes)


def test_models_are_guided_as_the_paper_does_but_small_ones_more_gently() -> None:
    for name, scales in {
        "demo": (2.0, 2.0),
        "small": (2.0, 2.0),
        "medium": (2.0, 2.0),
        "paper-sd14": (3.5, 7.5),
        "lora-sd15": (3.5, 7.5),
    }.items():
        config = load_preset(name)
        assert (config.guidance_scale, config.gps_guidance_scale) == scales


def test_overrides_take_the_place_of_a_presets_numbers() -> None:
    config = load_preset("demo", max_train_steps=7.0, conditions=["longitude", "latitude", "hour"])
    assert config.max_train_steps == 7
    assert config.conditions == ("longitude", "latitude", "hour")


def test_an_unknown_preset_or_setting_is_answered_with_the_choices() -> None:
    with pytest.raises(
        BadRequest, match=r"no preset 'paper'; choose from demo, lora-sd15, medium, paper-sd14"
    ):
        load_preset("paper")
    with pytest.raises(BadRequest, match=r"no setting 'steps'; choose from .*max_train_steps"):
        load_preset("demo", steps=3)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("max_train_steps", 0),
        ("max_train_steps", 2.5),
        ("max_train_steps", True),
        ("learning_rate", float("nan")),
        ("learning_rate", "fast"),
        ("lr_scheduler", "linear"),
        ("mixed_precision", "fp8"),
        ("conditions", "longitude"),
        ("gradient_checkpointing", 1),
        ("ema_decay", 1.0),
        ("neither_probability", -0.1),
        ("train_batch_size", 3),
    ],
)
def test_a_setting_out_of_its_range_is_named(setting: str, value: object) -> None:
    with pytest.raises(BadRequest, match=setting):
        load_preset("demo", **{setting: value})


def test_dropout_beyond_every_photo_is_refused() -> None:
    with pytest.raises(BadRequest, match=r"add up to 1\.2"):
        TrainingConfig(text_only_probability=0.5, gps_only_probability=0.5, neither_probability=0.2)


def test_a_batch_is_shared_out_evenly_or_refused() -> None:
    config = TrainingConfig(total_batch_size=64, train_batch_size=8)
    assert [config.passes(devices) for devices in (1, 2, 4, 8)] == [8, 4, 2, 1]
    with pytest.raises(BadRequest, match="16 devices"):
        config.passes(16)


def test_every_setting_has_a_sentence() -> None:
    for kind in (TrainingConfig, AngleConfig):
        described = {name for each in (RunConfig, kind) for name in sentences(each)}
        assert described == {each.name for each in fields(kind)}


def sentences(kind: type) -> set[str]:
    """Names of the settings that a class states itself and follows with a sentence."""
    body = ast.parse(inspect.getsource(kind)).body[0]
    assert isinstance(body, ast.ClassDef)
    return {
        first.target.id
        for first, second in zip(body.body, body.body[1:], strict=False)
        if isinstance(first, ast.AnnAssign)
        and isinstance(first.target, ast.Name)
        and isinstance(second, ast.Expr)
        and str(ast.literal_eval(second.value)).endswith(".")
    }
