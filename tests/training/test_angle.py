"""Training of the angle model: from photos around a landmark to a model that knows its sides."""

import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from engine.diffusion.loading import check_model, load_pipeline, save_pipeline
from engine.diffusion.manifest import write_manifest
from engine.diffusion.pipeline import PlacePipeline
from engine.errors import BadCollection, BadModel, BadRequest, Cancelled
from engine.geo.bearing import destination
from engine.geo.place import Place
from engine.photos.collection import Collection
from engine.training import log
from engine.training.angle import train_angle
from engine.training.angle_config import AngleConfig
from engine.training.checkpoint import checkpoints_in
from engine.training.ring import Ring
from engine.training.step import TrainingStep

QuickAngle = Callable[..., AngleConfig]
ROOT = Path(__file__).parent.parent.parent


def contents(model: Path) -> dict[str, bytes]:
    """Every weight and the card of a model, by file."""
    paths = [*sorted(model.rglob("*.safetensors")), model / "place.json"]
    return {path.relative_to(model).as_posix(): path.read_bytes() for path in paths}


def seen_from(pipe: PlacePipeline, azimuth_deg: float | None) -> np.ndarray:
    pipe.set_progress_bar_config(disable=True)
    generator = torch.Generator().manual_seed(1)
    asked = {"generator": generator, "output_type": "np", "num_inference_steps": 2}
    return pipe("A photo of Lund Cathedral", {"azimuth": azimuth_deg}, **asked).images[0]


def test_a_text_only_base_becomes_a_model_that_knows_the_azimuth(
    around: Path, ring: Ring, base: str, quick_angle: QuickAngle, tmp_path: Path
) -> None:
    told: list[TrainingStep] = []
    said: list[str] = []
    often = {"sample_every_steps": 4, "sample_count": 2, "validation_every_steps": 4, "validation_share": 0.1}
    state = torch.get_rng_state()
    out = train_angle(
        around,
        tmp_path / "cathedral",
        base,
        ring,
        quick_angle(**often),
        on_step=told.append,
        on_notice=said.append,
    )
    assert torch.equal(torch.get_rng_state(), state)  # all draws are the run's own
    assert said == []
    stages = list(dict.fromkeys(step.stage for step in told))
    assert {"prior", "training"} <= {*stages} <= {"prior", "latents", "texts", "training"}
    assert len(list(around.with_name("cathedral.cache").glob("prior-*/*.png"))) == 8  # 6, in whole batches

    card = check_model(out)
    assert (card.kind, card.name, card.conditions) == ("angle", "Lund Cathedral", ("azimuth",))
    assert (card.centre, card.radius_m, card.min_distance_m) == (ring.centre, 250, 20)
    assert card.box is None
    assert card.azimuth_bin_deg == 10
    # Of the 42 photos one is inside the landmark and one too far away; every tenth of the others is held out.
    assert card.counts == {"train": 36, "validation": 4}
    assert len(card.azimuth_counts) == 36
    assert sum(card.azimuth_counts) == 36
    assert card.training["landmark"] == "Lund Cathedral"
    assert card.training["prior_loss_weight"] == 1

    pipe = load_pipeline(out, "cpu")
    assert pipe.photo_places is not None
    assert len(pipe.photo_places) == 36
    assert not np.allclose(seen_from(pipe, 90), seen_from(pipe, 270), atol=1e-3)
    assert not np.allclose(seen_from(pipe, 90), seen_from(pipe, None), atol=1e-3)
    # Between its bins the model has learned nothing, so there is nothing between them; and no seam in the north.
    assert np.array_equal(seen_from(pipe, 90), seen_from(pipe, 94.9))
    assert not np.allclose(seen_from(pipe, 90), seen_from(pipe, 95.1), atol=1e-3)
    assert np.array_equal(seen_from(pipe, 0), seen_from(pipe, 357))
    samples = [path.name for step in told for path in step.samples]
    assert samples == ["step-000004-0.png", "step-000004-1.png"]
    assert "validation_loss" in log.read(tmp_path / "cathedral.training" / "log.jsonl")[-1]
    assert not list(tmp_path.rglob(".*"))


def test_a_city_becomes_an_adapter_of_a_landmark(
    around: Path, ring: Ring, city: str, quick_angle: QuickAngle, tmp_path: Path
) -> None:
    base = Path(shutil.copytree(city, tmp_path / "lund"))
    config = quick_angle(lora_rank=2, azimuth_bin_deg=0, bin_weight_cap=3, conditions=("azimuth", "hour"))
    out = train_angle(around, tmp_path / "cathedral", str(base), ring, config)
    card = check_model(out)
    assert card.conditions == ("longitude", "latitude", "heading", "azimuth", "hour")
    assert card.box == check_model(base).box
    assert card.words == ("street",)
    assert (out / "adapter_model.safetensors").stat().st_size < 300_000
    told = json.loads((out / "place_encoder" / "config.json").read_text())
    assert told["conditions"] == ["azimuth", "hour"]  # the others are the base's, and lie there

    untouched, pipe = load_pipeline(base, "cpu"), load_pipeline(out, "cpu")
    assert not np.allclose(seen_from(pipe, 90), seen_from(pipe, 92), atol=1e-4)
    assert np.allclose(seen_from(pipe, 90), seen_from(pipe, 450), atol=1e-5)
    assert pipe.encode_place([{"azimuth": 90, "hour": 12}]).shape[1] == 5
    place = {"longitude": 13.19, "latitude": 55.70, "heading": 30.0}
    own = pipe.encode_place([place])[:, :3]
    assert torch.allclose(
        own, untouched.encode_place([place]), atol=1e-6
    )  # what the city's tokens said before

    moved = tmp_path / "elsewhere"
    moved.mkdir()
    for folder in (base, out):
        folder.rename(moved / folder.name)
    assert np.array_equal(seen_from(load_pipeline(moved / "cathedral", "cpu"), 90), seen_from(pipe, 90))
    card = json.loads((moved / "cathedral" / "place.json").read_text())
    (moved / "cathedral" / "place.json").write_text(
        json.dumps(card | {"conditions": card["conditions"][::-1]})
    )
    write_manifest(moved / "cathedral")
    with pytest.raises(BadModel, match="its card says otherwise"):
        load_pipeline(moved / "cathedral", "cpu")


def test_a_landmark_is_seen_from_near_and_from_afar(
    around: Path, ring: Ring, city: str, quick_angle: QuickAngle, tmp_path: Path
) -> None:
    config = quick_angle(
        lora_rank=2, azimuth_bin_deg=0, conditions=("azimuth", "distance"), max_train_steps=2
    )
    pipe = load_pipeline(train_angle(around, tmp_path / "cathedral", city, ring, config), "cpu")
    with torch.no_grad():
        near, inner, far = pipe.encode_place(
            [{"azimuth": 90, "distance": distance} for distance in (20, 5, 250)]
        )
    assert torch.equal(near, inner)  # the ring's nearest
    assert not torch.allclose(near, far, atol=1e-2)


def test_a_landmark_learns_with_a_unet_of_its_own_beside_a_city(
    around: Path, ring: Ring, city: str, quick_angle: QuickAngle, tmp_path: Path
) -> None:
    base = Path(shutil.copytree(city, tmp_path / "lund"))
    config = quick_angle(own_unet_channels=(8, 16), prior_loss_weight=0, azimuth_bin_deg=0, ema_decay=0.5)
    out = train_angle(around, tmp_path / "cathedral", str(base), ring, config)
    card = check_model(out)
    assert (card.conditions, card.box, card.words) == (("azimuth",), None, ("street",))
    pipe = load_pipeline(out, "cpu")
    assert tuple(pipe.unet.config["block_out_channels"]) == (8, 16)
    assert not np.allclose(seen_from(pipe, 90), seen_from(pipe, 180), atol=1e-4)
    # It needs of its base what it was taught with, and not the UNet.
    manifest = json.loads((base / "manifest.json").read_text())
    for part, fits in (("unet", True), ("text_encoder", False)):
        weights = (
            base / part / ("diffusion_pytorch_model.safetensors" if part == "unet" else "model.safetensors")
        )
        tensors = {name: tensor + 0.01 for name, tensor in load_file(weights).items()}
        save_file(tensors, weights, {"format": "pt"})
        write_manifest(base)
        assert json.loads((base / "manifest.json").read_text()) != manifest
        if fits:
            load_pipeline(out, "cpu")
        else:
            with pytest.raises(BadModel, match="other weights"):
                load_pipeline(out, "cpu")


def test_only_a_new_unet_begins_with_a_companion(
    around: Path, ring: Ring, city: str, quick_angle: QuickAngle, tmp_path: Path
) -> None:
    with pytest.raises(BadRequest, match="only a new UNet"):
        train_angle(around, tmp_path / "out", city, ring, quick_angle(), begin_with=tmp_path)
    own = quick_angle(own_unet_channels=(8, 16), prior_loss_weight=0)
    with pytest.raises(BadModel):
        train_angle(around, tmp_path / "out", city, ring, own, begin_with=tmp_path / "nowhere")
    assert not (tmp_path / "out").exists()


def test_a_new_unet_has_nothing_to_forget_and_no_use_for_lora(quick_angle: QuickAngle) -> None:
    with pytest.raises(BadRequest, match="nothing to forget"):
        quick_angle(own_unet_channels=(8, 16))
    with pytest.raises(BadRequest, match="no use for LoRA"):
        quick_angle(own_unet_channels=(8, 16), prior_loss_weight=0, lora_rank=2)


@pytest.mark.parametrize("own", [False, True])
def test_photos_keep_their_captions_where_that_is_asked_for(
    collection: Path, city: str, quick_angle: QuickAngle, tmp_path: Path, own: bool
) -> None:
    lund = Ring("Lund", Place(55.70, 13.195), radius_m=5000)
    config = quick_angle(
        lora_rank=2, max_train_steps=1, heading_tolerance_deg=180, prior_loss_weight=0, own_captions=own
    )
    shutil.copytree(collection, tmp_path / "photos")
    train_angle(tmp_path / "photos", tmp_path / "lund", city, lund, config)
    (texts,) = (tmp_path / "photos.cache").glob("texts-*/*.safetensors")
    assert len(load_file(texts)["rows"]) == (
        1 + 1 + 15 if own else 1 + 1
    )  # nothing, the prompt, and every second photo's own


def test_an_adapter_beside_another_base_is_refused(
    around: Path, ring: Ring, city: str, quick_angle: QuickAngle, tmp_path: Path
) -> None:
    base = Path(shutil.copytree(city, tmp_path / "lund"))
    config = quick_angle(lora_rank=2, max_train_steps=1, heading_tolerance_deg=180, prior_loss_weight=0)
    out = train_angle(around, tmp_path / "cathedral", str(base), ring, config)
    changed = load_pipeline(base, "cpu")
    with torch.no_grad():
        changed.unet.conv_in.weight.add_(0.1)
    save_pipeline(changed, base)
    with pytest.raises(BadModel, match=r"beside other weights than .*lund has; train it again"):
        load_pipeline(out, "cpu")


def test_a_whole_city_keeps_its_conditions_and_learns_one_more(
    around: Path, ring: Ring, city: str, quick_angle: QuickAngle, tmp_path: Path
) -> None:
    out = train_angle(around, tmp_path / "cathedral", city, ring, quick_angle(prior_loss_weight=0))
    pipe, untouched = load_pipeline(out, "cpu"), load_pipeline(city, "cpu")
    assert pipe.card.conditions == ("longitude", "latitude", "heading", "azimuth")
    before, after = untouched.place_encoder.state_dict(), pipe.place_encoder.state_dict()
    assert all(torch.equal(after[name], weight) for name, weight in before.items())
    assert not torch.equal(pipe.unet.conv_in.weight, untouched.unet.conv_in.weight)
    assert not np.allclose(seen_from(pipe, 90), seen_from(pipe, 270), atol=1e-3)


@pytest.mark.parametrize("stage", ["prior", "training"])
def test_a_stopped_run_that_goes_on_ends_like_one_that_never_stopped(
    around: Path, ring: Ring, base: str, quick_angle: QuickAngle, tmp_path: Path, stage: str
) -> None:
    # A seed of their own, so that nothing is in the cache before.
    config = quick_angle(max_train_steps=5, bin_weight_cap=2, seed=1 + (stage == "prior"), ema_decay=0.9)
    parts, whole = (tmp_path / name / "cathedral" for name in ("parts", "whole"))

    def stop(step: TrainingStep) -> None:
        if step.stage == stage and step.step >= 3:
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        train_angle(around, parts, base, ring, config, on_step=stop)
    assert not parts.exists()
    train_angle(around, parts, base, ring, config, resume=True)
    train_angle(around, whole, base, ring, config)
    assert contents(parts) == contents(whole)


_RUN = """
import sys
from pathlib import Path
from engine.geo.place import Place
from engine.training.angle import train_angle
from engine.training.angle_config import AngleConfig
from engine.training.ring import Ring
collection, out, base, ring, settings = sys.argv[1:]
train_angle(Path(collection), Path(out), base, eval(ring), AngleConfig(**eval(settings)), resume=True)
"""


def test_a_killed_run_goes_on_as_if_it_had_not_been(
    around: Path, ring: Ring, city: str, quick_angle: QuickAngle, tmp_path: Path
) -> None:
    config = quick_angle(lora_rank=2, max_train_steps=10, checkpoint_every_steps=1, prior_count=4, seed=3)
    settings = {name: value for name, value in vars(config).items() if name != "preset"}
    out = tmp_path / "killed" / "cathedral"
    line = [sys.executable, "-c", _RUN, str(around), str(out), city, repr(ring), repr(settings)]
    process = subprocess.Popen(line, env=os.environ | {"PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE)
    checkpoints = out.with_name("cathedral.training") / "checkpoints"
    target, deadline = random.randint(1, 6), time.monotonic() + 120
    while process.poll() is None and time.monotonic() < deadline:
        if checkpoints_in(checkpoints)[-1:] >= [checkpoints / f"step-{target:06d}"]:
            break
        time.sleep(0.005)
    time.sleep(random.random() / 20)  # in the middle of a step, or of writing a checkpoint
    process.kill()
    errors = process.communicate()[1].decode()
    assert process.returncode == -9, errors

    train_angle(around, out, city, ring, config, resume=True)
    whole = train_angle(around, tmp_path / "whole" / "cathedral", city, ring, config)
    assert contents(out) == contents(whole)


def test_a_run_is_not_gone_on_with_as_another(
    around: Path, ring: Ring, base: str, quick_angle: QuickAngle, tmp_path: Path
) -> None:
    def train(ring: Ring, **changes) -> Path:
        config = quick_angle(**({"max_train_steps": 1, "prior_loss_weight": 0} | changes))
        return train_angle(around, tmp_path / "cathedral", base, ring, config, resume=True)

    train(ring)
    for changed, changes in ((replace(ring, landmark="Town Hall"), {}), (ring, {"bin_weight_cap": 2})):
        with pytest.raises(BadRequest, match=r"had (landmark|bin_weight_cap) .* not"):
            train(changed, max_train_steps=2, **changes)


def test_a_base_that_cannot_draw_is_refused(
    around: Path, ring: Ring, city: str, quick_angle: QuickAngle, tmp_path: Path
) -> None:
    with pytest.raises(BadRequest, match="tiny is random and cannot draw yet"):
        train_angle(around, tmp_path / "model", "tiny", ring, quick_angle())
    (tmp_path / "adapter").mkdir()
    (tmp_path / "adapter" / "adapter_config.json").write_text("{}")
    with pytest.raises(BadRequest, match="is an adapter; give the model"):
        train_angle(around, tmp_path / "model", str(tmp_path / "adapter"), ring, quick_angle())
    assert not (tmp_path / "model.training").exists()


def test_photos_that_cannot_teach_are_told(
    around: Path, ring: Ring, base: str, quick_angle: QuickAngle, tmp_path: Path
) -> None:
    far = replace(ring, centre=destination(ring.centre, 90, 4000))
    with pytest.raises(BadCollection, match="no photo was taken from 20 to 250 m around"):
        train_angle(around, tmp_path / "model", base, far, quick_angle())
    aside = replace(ring, centre=destination(ring.centre, 90, 300))
    with pytest.raises(BadRequest, match="headings do not point at the centre"):
        train_angle(around, tmp_path / "model", base, aside, quick_angle())

    # Believed all the same, the photos show it from one side; it is said before anything is computed.
    said: list[str] = []

    def stop(step: TrainingStep) -> None:
        raise Cancelled("enough")

    believed = quick_angle(heading_tolerance_deg=180, prior_loss_weight=0)
    with pytest.raises(Cancelled):
        train_angle(around, tmp_path / "model", base, aside, believed, on_step=stop, on_notice=said.append)
    assert any("from one side only" in notice for notice in said)
    assert len(Collection.open(around)) == 42
