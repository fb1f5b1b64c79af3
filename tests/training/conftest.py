"""A collection of small real photos, spread over 3 km so that every split has some, and quick settings."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from accelerate import Accelerator
from diffusers import UNet2DConditionModel
from PIL import Image

from engine.diffusion.card import PlaceCard
from engine.diffusion.loading import save_pipeline
from engine.diffusion.pipeline import PlacePipeline
from engine.diffusion.tiny import build_tiny
from engine.geo.bearing import destination, heading_towards_deg
from engine.geo.place import Place
from engine.geo.region import Box
from engine.photos.collection import Collection
from engine.photos.ingest import ingest
from engine.photos.stamp import write_picture
from engine.training.angle_config import AngleConfig
from engine.training.config import TrainingConfig
from engine.training.dataset import Dataset, prepare
from engine.training.ring import Ring


@pytest.fixture(scope="session")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """30 photos, half with a caption, a third with a heading."""
    folder = tmp_path_factory.mktemp("photos")
    rng = np.random.default_rng(5)
    for index in range(30):
        coarse = rng.integers(0, 255, (6, 8, 3), np.uint8)
        write_picture(
            folder / f"{index:02d}.jpg",
            Image.fromarray(coarse).resize((96, 72), Image.Resampling.BICUBIC),
            place=Place(55.69 + 0.02 * rng.random(), 13.18 + 0.03 * rng.random()),
            caption=f"street {index}" if index % 2 else None,
            heading_deg=float(index * 12) if index % 3 == 0 else None,
        )
    out = tmp_path_factory.mktemp("collections") / "lund"
    ingest([folder], out, workers=1)
    return out


@pytest.fixture(scope="session")
def ring() -> Ring:
    """Around Lund's cathedral."""
    return Ring("Lund Cathedral", Place(55.7040, 13.1935), radius_m=250, min_distance_m=20)


@pytest.fixture(scope="session")
def around(tmp_path_factory: pytest.TempPathFactory, ring: Ring) -> Path:
    """A collection of 40 photos from all sides of it, which look at it, and two from elsewhere."""
    folder = tmp_path_factory.mktemp("round")
    rng = np.random.default_rng(6)
    for index in range(42):
        distance_m = {40: 5.0, 41: 900.0}.get(index, 60 + 160 * rng.random())
        camera = destination(ring.centre, index * 137.508 % 360, distance_m)
        coarse = rng.integers(0, 255, (4, 4, 3), np.uint8)
        write_picture(
            folder / f"{index:02d}.jpg",
            Image.fromarray(coarse).resize((64, 64), Image.Resampling.BICUBIC),
            place=camera,
            heading_deg=(heading_towards_deg(camera, ring.centre) + float(rng.normal(0, 8))) % 360,
        )
    out = tmp_path_factory.mktemp("collections") / "cathedral"
    ingest([folder], out, workers=1)
    return out


@pytest.fixture
def quick_angle() -> Callable[..., AngleConfig]:
    """Function that gives settings of an angle model's run of a few seconds, with changes."""

    def quick_angle(**changes) -> AngleConfig:
        settings = {
            "resolution_px": 64,
            "max_train_steps": 4,
            "total_batch_size": 4,
            "train_batch_size": 4,
            "learning_rate": 1e-3,
            "prior_count": 6,
            "prior_batch_size": 2,
            "checkpoint_every_steps": 2,
            "sample_every_steps": 0,
            "validation_every_steps": 0,
            "sample_inference_steps": 2,
        }
        return AngleConfig(**(settings | changes))

    return quick_angle


@pytest.fixture
def quick() -> Callable[..., TrainingConfig]:
    """Function that gives settings of a run of a few seconds, with changes."""

    def quick(**changes) -> TrainingConfig:
        settings = {
            "resolution_px": 64,
            "conditions": ("longitude", "latitude", "heading"),
            "max_train_steps": 4,
            "total_batch_size": 4,
            "train_batch_size": 4,
            "learning_rate": 1e-3,
            "ema_decay": 0.9,
            "checkpoint_every_steps": 2,
            "sample_every_steps": 0,
            "validation_every_steps": 0,
            "sample_inference_steps": 2,
        }
        return TrainingConfig(**(settings | changes))

    return quick


@pytest.fixture
def build() -> Callable[[], PlacePipeline]:
    """Function that builds the same pipeline each time: the tiny one with a UNet that is smaller still."""

    def build() -> PlacePipeline:
        box = Box(south=55.68, west=13.17, north=55.72, east=13.22)
        card = PlaceCard(
            name="Lund", box=box, resolution_px=64, conditions=("longitude", "latitude", "heading")
        )
        pipe = build_tiny(card)
        pipe.unet = small_unet()
        pipe.set_progress_bar_config(disable=True)
        return pipe

    return build


@pytest.fixture
def pipe(build: Callable[[], PlacePipeline]) -> PlacePipeline:
    """A small pipeline of the test's own."""
    return build()


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A Stable Diffusion in a folder, as one has it from elsewhere: without a place encoder of ours."""
    folder = tmp_path_factory.mktemp("bases") / "sd"
    pipe = build_tiny()
    for part in ("vae", "text_encoder", "tokenizer", "scheduler"):
        getattr(pipe, part).save_pretrained(folder / part)
    small_unet().save_pretrained(folder / "unet")
    return str(folder)


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A GPS model of ours in a folder, with place, heading and a box."""
    box = Box(south=55.68, west=13.17, north=55.72, east=13.22)
    conditions = ("longitude", "latitude", "heading")
    card = PlaceCard(name="Lund", box=box, resolution_px=64, conditions=conditions, words=("street",))
    pipe = build_tiny(card)
    pipe.unet = small_unet()
    folder = tmp_path_factory.mktemp("models") / "lund"
    save_pipeline(pipe, folder)
    return str(folder)


def small_unet() -> UNet2DConditionModel:
    """The same 70,000 random weights each time."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return UNet2DConditionModel(
            sample_size=16,
            block_out_channels=(16, 32),
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
            layers_per_block=1,
            attention_head_dim=2,
            norm_num_groups=8,
            cross_attention_dim=64,
        )


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of latents and text tokens that all tests share."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def dataset(pipe: PlacePipeline, collection: Path, cache: Path) -> Dataset:
    """The collection's training photos for `pipe`."""
    photos = Collection.open(collection).split("train")
    return prepare(pipe, photos, collection, cache, Accelerator(cpu=True))
