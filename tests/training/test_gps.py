"""Training from a collection to a model: finished, stopped, killed, gone on with, and refused."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import jaxtyping
import pytest
import torch
from safetensors.torch import load_file

from engine.diffusion.loading import check_model, load_pipeline, save_pipeline
from engine.diffusion.pipeline import PlacePipeline
from engine.diffusion.tiny import build_tiny
from engine.errors import BadCollection, BadRequest, Cancelled, MissingModel, OutputExists
from engine.geo.place import Place
from engine.geo.region import Box
from engine.photos.collection import Collection
from engine.training import log
from engine.training.checkpoint import checkpoints_in
from engine.training.config import TrainingConfig
from engine.training.gps import train_gps
from engine.training.step import TrainingStep

Quick = Callable[..., TrainingConfig]
ROOT = Path(__file__).parent.parent.parent


def contents(model: Path) -> dict[str, bytes]:
    """Every weight and the card of a model, by file."""
    paths = [*sorted(model.rglob("*.safetensors")), model / "place.json"]
    return {path.relative_to(model).as_posix(): path.read_bytes() for path in paths}


def test_a_collection_becomes_a_model(collection: Path, quick: Quick, tmp_path: Path) -> None:
    told: list[TrainingStep] = []
    guided = {"guidance_scale": 2.5, "gps_guidance_scale": 1.25}
    often = {"sample_every_steps": 4, "sample_count": 2, "validation_every_steps": 4}
    config = quick(autoencoder_steps=2, **often, **guided)
    random_state = torch.get_rng_state()
    out = train_gps(collection, tmp_path / "lund", "tiny", config, on_step=told.append)
    assert torch.equal(torch.get_rng_state(), random_state)  # all draws are the run's own

    assert out == tmp_path / "lund"
    stages = list(dict.fromkeys(step.stage for step in told))
    assert stages == ["pictures", "autoencoder", "latents", "texts", "training"]
    photos = Collection.open(collection)
    card = check_model(out)
    assert not card.untrained
    assert card.name == "Lund"
    assert card.base_model == "tiny"
    assert card.conditions == ("longitude", "latitude", "heading")
    assert card.resolution_px == 64
    assert {name: getattr(card, name) for name in guided} == guided
    assert card.num_inference_steps == config.sample_inference_steps == 2
    assert sum(card.counts.values()) == len(photos) == 30
    assert card.counts["train"] == len(photos.split("train")) > 0
    assert card.counts["validation"] > 0
    assert card.training["collection"] == collection.name
    assert card.training["learning_rate"] == config.learning_rate
    assert card.training["max_train_steps"] == 4
    assert card.licence
    assert card.latent_rgb is not None
    assert len(card.latent_rgb) == 4 + 1
    assert card.box is not None
    assert card.box.contains(photos.photos["latitude"], photos.photos["longitude"]).all()
    assert card.box.width_m == pytest.approx(photos.box.width_m + 100, abs=1)  # 100 m a side instead of 50 m

    pipe = load_pipeline(out, "cpu")
    assert pipe.vae.config.scaling_factor != build_tiny().vae.config.scaling_factor
    place = Place(55.7, 13.19)
    pipe.set_progress_bar_config(disable=True)
    image = pipe("a street", place, num_inference_steps=2, generator=torch.Generator().manual_seed(1)).images[
        0
    ]
    assert image.size == (64, 64)
    samples = [path for step in told for path in step.samples]
    assert [path.name for path in samples] == ["step-000004-0.png", "step-000004-1.png"]
    assert all(path.exists() for path in samples)
    assert "validation_loss" in log.read(tmp_path / "lund.training" / "log.jsonl")[-1]
    assert not list(tmp_path.rglob(".*"))


def test_a_model_of_ours_goes_on_where_it_was_at_home(
    collection: Path, quick: Quick, tmp_path: Path, build: Callable[[], PlacePipeline]
) -> None:
    base = tmp_path / "base"
    pipe = build()
    pipe.card = replace(pipe.card, words=("street",))
    save_pipeline(pipe, base)
    settings = quick(learning_rate=0.0, adam_weight_decay=0.0, max_train_steps=1, ema_decay=0.0)
    model = load_pipeline(train_gps(collection, tmp_path / "model", str(base), settings), "cpu")
    assert (model.card.box, model.card.words) == (pipe.card.box, ("street",))
    street = {"longitude": 13.19, "latitude": 55.70}
    # Nothing was learned, so that the same place gives the same tokens: degrees mean what they meant.
    assert torch.allclose(model.encode_place([street]), pipe.encode_place([street]), atol=1e-6)

    elsewhere = tmp_path / "elsewhere"
    pipe.card = replace(pipe.card, box=Box(south=40.70, west=-74.03, north=40.88, east=-73.90))
    save_pipeline(pipe, elsewhere)
    with pytest.raises(BadRequest, match=r"some photos of lund lie outside of what the base .* knows"):
        train_gps(collection, tmp_path / "other", str(elsewhere), settings)
    assert not (tmp_path / "other").exists()


def test_a_base_from_a_folder_becomes_an_adapter(
    collection: Path, quick: Quick, base: str, tmp_path: Path
) -> None:
    out = train_gps(collection, tmp_path / "lora", base, quick(lora_rank=2))
    assert check_model(out).base_model == base
    assert (out / "adapter_model.safetensors").stat().st_size < 300_000
    assert load_file(out / "adapter_model.safetensors")
    pipe = load_pipeline(out, "cpu")
    pipe.set_progress_bar_config(disable=True)
    assert pipe("", Place(55.7, 13.19), num_inference_steps=2).images[0].size == (64, 64)


def test_bf16_learns_what_float32_learns(collection: Path, quick: Quick, base: str, tmp_path: Path) -> None:
    losses = {}
    for precision in ("no", "bf16"):
        out = tmp_path / precision
        train_gps(collection, out, base, quick(mixed_precision=precision))
        losses[precision] = [
            line["loss"] for line in log.read(out.with_name(f"{precision}.training") / "log.jsonl")
        ]
    assert losses["bf16"] == pytest.approx(losses["no"], rel=0.03)
    assert losses["bf16"] != losses["no"]
    assert load_pipeline(tmp_path / "bf16", "cpu").unet.dtype == torch.float32


@pytest.mark.filterwarnings(
    "ignore:The .grad attribute of a Tensor that is not a leaf"
)  # PyTorch's own tracer
def test_compiled_parts_give_the_same_model(
    collection: Path, quick: Quick, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compile_with, compiled = torch.compile, []

    def trace(part, **options):
        compiled.append(part)
        return compile_with(part, **(options | {"backend": "eager"}))  # a test waits for no C++ compiler

    monkeypatch.setattr(torch, "compile", trace)
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)  # its checks cannot be traced
    models = [
        train_gps(
            collection,
            tmp_path / str(on) / "lund",
            "tiny",
            quick(autoencoder_steps=2, polish_steps=2, torch_compile=on),
        )
        for on in (False, True)
    ]
    assert len(compiled) == 4  # encoder, decoder, UNet with places, decoder of the polish
    plain, fast = (load_file(model / "unet/diffusion_pytorch_model.safetensors") for model in models)
    assert plain.keys() == fast.keys()
    assert all(torch.allclose(weight, fast[name], atol=1e-5) for name, weight in plain.items())


def test_a_stopped_run_that_goes_on_ends_like_one_that_never_stopped(
    collection: Path, quick: Quick, base: str, tmp_path: Path
) -> None:
    config = quick(max_train_steps=6, checkpoint_every_steps=4)
    whole = train_gps(collection, tmp_path / "whole" / "lund", base, config)

    def stop(step: TrainingStep) -> None:
        if step.stage == "training" and step.step == 3:
            raise Cancelled("enough")

    parts = tmp_path / "parts" / "lund"
    with pytest.raises(Cancelled):
        train_gps(collection, parts, base, config, on_step=stop)
    assert not parts.exists()
    train_gps(collection, parts, base, config, resume=True)
    assert contents(parts) == contents(whole)
    logs = [log.read(path.with_name("lund.training") / "log.jsonl") for path in (whole, parts)]
    assert logs[0] == logs[1]


def test_a_finished_run_goes_on_to_more_steps(
    collection: Path, quick: Quick, base: str, tmp_path: Path
) -> None:
    whole = train_gps(collection, tmp_path / "whole" / "lund", base, quick(max_train_steps=5))
    out = train_gps(collection, tmp_path / "parts" / "lund", base, quick(max_train_steps=3))
    with pytest.raises(OutputExists, match=r"finished with 3 steps; ask for more"):
        train_gps(collection, out, base, quick(max_train_steps=3), resume=True)
    train_gps(collection, out, base, quick(max_train_steps=5), resume=True)
    weights = "unet/diffusion_pytorch_model.safetensors"
    assert (out / weights).read_bytes() == (whole / weights).read_bytes()


_RUN = """
import sys
from pathlib import Path
from engine.training.config import TrainingConfig
from engine.training.gps import train_gps
collection, out, base, settings = sys.argv[1:]
train_gps(Path(collection), Path(out), base, TrainingConfig(**eval(settings)), resume=True)
"""


def test_a_killed_run_goes_on_as_if_it_had_not_been(
    collection: Path, quick: Quick, base: str, tmp_path: Path
) -> None:
    settings = {
        "resolution_px": 64,
        "max_train_steps": 20,
        "total_batch_size": 2,
        "train_batch_size": 2,
        "ema_decay": 0.9,
        "checkpoint_every_steps": 1,
        "sample_every_steps": 0,
        "validation_every_steps": 0,
    }
    out = tmp_path / "killed" / "lund"
    command = [sys.executable, "-c", _RUN, str(collection), str(out), base, repr(settings)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)
    checkpoints = out.with_name("lund.training") / "checkpoints"
    target, deadline = random.randint(1, 10), time.monotonic() + 120
    while process.poll() is None and time.monotonic() < deadline:
        if checkpoints_in(checkpoints)[-1:] >= [checkpoints / f"step-{target:06d}"]:
            break
        time.sleep(0.005)
    time.sleep(random.random() / 20)  # in the middle of a step, or of writing a checkpoint
    process.kill()
    errors = process.communicate()[1].decode()
    assert process.returncode == -9, errors

    train_gps(collection, out, base, TrainingConfig(**settings), resume=True)
    whole = train_gps(collection, tmp_path / "whole" / "lund", base, TrainingConfig(**settings))
    assert contents(out) == contents(whole)


def test_two_processes_learn_what_one_learns(collection: Path, base: str, tmp_path: Path) -> None:
    settings = {
        "resolution_px": 64,
        "max_train_steps": 4,
        "total_batch_size": 8,
        "train_batch_size": 2,
        "sample_every_steps": 0,
    }
    one = train_gps(collection, tmp_path / "one", base, TrainingConfig(**settings))
    script = tmp_path / "shared.py"
    script.write_text(_RUN)
    # What `accelerate launch` does on a machine with several GPUs, here on the CPU.
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"]
    command += [str(script), str(collection), str(tmp_path / "two"), base, repr(settings)]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "ACCELERATE_USE_CPU": "true"}
    done = subprocess.run(command, env=environment, capture_output=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr.decode()

    logs = [
        [line["loss"] for line in log.read(tmp_path / f"{name}.training" / "log.jsonl")]
        for name in ("one", "two")
    ]
    assert logs[1] == pytest.approx(logs[0], abs=1e-6)
    weights = [
        load_file(model / "unet" / "diffusion_pytorch_model.safetensors") for model in (one, tmp_path / "two")
    ]
    # The order of a sum over devices is another, and AdamW's first steps are the sign of a gradient.
    for name, weight in weights[0].items():
        assert (weight - weights[1][name]).abs().mean().item() < 1e-5


def test_a_model_or_an_unfinished_run_is_never_overwritten(
    collection: Path, quick: Quick, base: str, tmp_path: Path
) -> None:
    save_pipeline(build_tiny(), tmp_path / "model")
    with pytest.raises(OutputExists, match="exists already"):
        train_gps(collection, tmp_path / "model", base, quick())
    with pytest.raises(OutputExists, match="no checkpoints"):
        train_gps(collection, tmp_path / "model", base, quick(), resume=True)
    (tmp_path / "other.training" / "checkpoints" / "step-000002").mkdir(parents=True)
    with pytest.raises(OutputExists, match=r"unfinished run \(step-000002\); resume it"):
        train_gps(collection, tmp_path / "other", base, quick())


def test_a_place_that_cannot_be_written_to_is_named(
    collection: Path, quick: Quick, base: str, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(BadRequest, match="cannot be written"):
        train_gps(collection, tmp_path / "file" / "lund", base, quick())


def test_a_run_is_not_gone_on_with_as_another(
    collection: Path, quick: Quick, base: str, tmp_path: Path
) -> None:
    train_gps(collection, tmp_path / "lund", base, quick(max_train_steps=1))
    with pytest.raises(BadRequest, match=r"had conditions .* not"):
        train_gps(
            collection,
            tmp_path / "lund",
            base,
            quick(max_train_steps=2, conditions=("longitude", "latitude")),
            resume=True,
        )
    with pytest.raises(BadRequest, match="had base"):
        train_gps(collection, tmp_path / "lund", "tiny", quick(max_train_steps=2), resume=True)


@pytest.mark.parametrize(
    ("base", "changes", "error", "words"),
    [
        ("tiny", {"conditions": ("longitude", "latitude", "azimuth")}, BadRequest, "no 'azimuth'"),
        ("tiny", {"conditions": ("heading",)}, BadRequest, "longitude and latitude"),
        ("tiny", {"resolution_px": 68}, BadRequest, "multiple of 8"),
        ("tiny", {"lora_rank": 4}, BadRequest, "LoRA needs a trained base"),
        ("nowhere/at-all", {}, MissingModel, "nowhere/at-all"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(
    collection: Path,
    quick: Quick,
    tmp_path: Path,
    base: str,
    changes: dict,
    error: type[Exception],
    words: str,
) -> None:
    with pytest.raises(error, match=words):
        train_gps(collection, tmp_path / "lund", base, quick(**changes))
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a CUDA device")
def test_fp16_without_a_gpu_is_refused(collection: Path, quick: Quick, tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="fp16 needs a CUDA device"):
        train_gps(collection, tmp_path / "lund", "tiny", quick(mixed_precision="fp16"))


def test_a_folder_without_photos_is_refused(quick: Quick, tmp_path: Path) -> None:
    with pytest.raises(BadCollection, match="is not a collection"):
        train_gps(tmp_path, tmp_path / "lund", "tiny", quick())


def test_tensorboard_hears_the_figures(collection: Path, quick: Quick, base: str, tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    train_gps(collection, tmp_path / "lund", base, quick(max_train_steps=2, tensorboard=True))
    assert list((tmp_path / "lund.training" / "tensorboard").rglob("events*"))
