"""The GPS judge: scores of pictures at places and of pictures with words, and where in a city a picture belongs."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from PIL import Image
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from engine.atomic import writing_folder
from engine.diffusion.manifest import check_manifest, write_manifest
from engine.diffusion.photo_places import PhotoPlaces
from engine.errors import BadModel, BadRequest
from engine.evaluation.gps_clip.card import GpsClipCard
from engine.evaluation.gps_clip.eyes import FrozenEyes, normalised, squares
from engine.evaluation.gps_clip.network import GpsClipNetwork
from engine.evaluation.gps_clip.vocabulary import Vocabulary
from engine.evaluation.judges.judge import Images
from engine.geo.frame import Frame
from engine.geo.place import Place

_WEIGHTS = "gps_clip.safetensors"
_BATCH = 256


class GpsClip:
    """A trained network with its card. Scores in batches are the scores one by one."""

    def __init__(
        self,
        network: GpsClipNetwork,
        card: GpsClipCard,
        photo_places: PhotoPlaces,
        eyes: FrozenEyes | None = None,
    ) -> None:
        self.network, self.card, self.eyes = network.eval(), card, eyes
        self.photo_places = photo_places
        """Where the photos were taken that it learned from."""

    @property
    def reads_words(self) -> bool:
        """Whether captions were learned beside the places."""
        return bool(self.card.words)

    def to(self, device: torch.device | str) -> "GpsClip":
        """This judge, on another device."""
        self.network.to(device)
        if self.eyes is not None:
            self.eyes.to(device)
        return self

    @torch.no_grad()
    def place_scores(self, images: Images, places: Sequence[Place]) -> Float[np.ndarray, " N"]:
        """GPS score of each picture at its place: 100 times the cosine (paper).

        Raises BadRequest unless there are as many places as pictures, and for pictures that cannot be looked at.
        """
        _check_pairs(len(images), len(places), "places")
        at = self._places([place.latitude for place in places], [place.longitude for place in places])
        return self._scores(self.network.picture_places(self._seen(images)), at)

    @torch.no_grad()
    def word_scores(self, images: Images, prompts: Sequence[str]) -> Float[np.ndarray, " N"]:
        """Score of each picture with its words: 100 times the cosine, as a CLIP score is made.

        The words are those of the collection's captions, whatever their order; NaN where none of a prompt's is known.
        Raises BadRequest for a judge that learned no words, and as `place_scores` does.
        """
        if not self.reads_words:
            raise BadRequest(f"the judge of {self.card.name} has learned no words; train it with --words")
        _check_pairs(len(images), len(prompts), "prompts")
        bags = self._vocabulary.bags(prompts)
        asked = self.network.word_vectors(bags.to(self._device))
        scores = self._scores(self.network.picture_words(self._seen(images)), asked)
        return np.where((bags > 0).any(1).numpy(), scores, np.nan)

    @torch.no_grad()
    def heat(
        self,
        image: Image.Image,
        latitudes: Sequence[float] | np.ndarray,
        longitudes: Sequence[float] | np.ndarray,
        weights: Float[np.ndarray, " N"] | None = None,
    ) -> Float[np.ndarray, " N"]:
        """Probability of each of the places as the one where the picture was taken; 1 in all.

        A softmax of cosine / temperature. InfoNCE teaches the logarithm of how much likelier picture and place are
        together than apart, so if one of the places is the right one and all were as likely before, this is how
        likely each is afterwards. `weights` say how likely each was before, such as the density of photos there.

        Raises BadRequest for no places, and for weights that are not one positive number or 0 for each.
        """
        if not len(latitudes):
            raise BadRequest("there are no places to choose from; give at least one")
        before = np.ones(len(latitudes)) if weights is None else np.asarray(weights, float)
        if (
            before.shape != (len(latitudes),)
            or not (np.isfinite(before) & (before >= 0)).all()
            or not before.any()
        ):
            raise BadRequest(
                f"the weights of {len(latitudes)} places must be as many numbers from 0 up, not all 0"
            )
        picture = self.network.picture_places(self._seen([image]))
        cosines = (self._places(latitudes, longitudes) @ picture[0]).double().cpu()
        return (cosines / self.card.temperature + torch.from_numpy(before).log()).softmax(0).numpy()

    def save(self, folder: Path, weights: torch.dtype = torch.float32) -> Path:
        """The folder, once the judge is in it whole. A frozen transformer is not in it. Raises DiskFull.

        `weights` is what matrices and filters are written in; what scales and shifts stays in float32.
        """
        with writing_folder(folder) as temporary:
            self.card.write(temporary)
            state = {
                name: (value.to(weights) if value.ndim > 1 else value).contiguous().cpu()
                for name, value in self.network.state_dict().items()
            }
            save_file(state, temporary / _WEIGHTS)
            self.photo_places.write(temporary)
            write_manifest(temporary)
        return folder

    @classmethod
    def load(cls, folder: Path) -> "GpsClip":
        """The judge in a folder, on the CPU.

        Raises BadModel when it is missing, damaged or changed, or its frozen transformer is another one than it learned
        with; MissingModel when that cannot be found.
        """
        card = GpsClipCard.read(folder)
        check_manifest(folder)
        network = GpsClipNetwork(replace(card.towers, dropout=0.0))
        try:
            network.load_state_dict(load_file(folder / _WEIGHTS))
        except (OSError, RuntimeError, SafetensorError) as error:
            raise BadModel(f"{folder} is damaged ({error}); copy or train the judge again") from error
        photo_places = PhotoPlaces.read(folder)
        if photo_places is None:
            raise BadModel(f"{folder} lacks the places of its photos; copy or train the judge again")
        eyes = FrozenEyes(card.vision) if card.vision else None
        if eyes is not None and eyes.identity != card.vision_identity:
            raise BadModel(
                f"{card.vision!r} has other weights than the judge in {folder} learned with; train the judge again"
            )
        return cls(network, card, photo_places, eyes)

    @property
    def _device(self) -> torch.device:
        return self.network.to_place.weight.device

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        return Vocabulary(self.card.words)

    def _seen(self, images: Images) -> Float[Tensor, "N F"]:
        parts = []
        for pixels in squares(images, self.card.resolution_px).to(self._device).split(_BATCH):
            looked = normalised(pixels) if self.eyes is None else self.eyes(pixels)
            parts.append(self.network.seen(looked))
        return torch.cat(parts)

    def _places(
        self, latitudes: Sequence[float] | np.ndarray, longitudes: Sequence[float] | np.ndarray
    ) -> Float[Tensor, "N E"]:
        units = unit_places(self.card, latitudes, longitudes).to(self._device)
        return torch.cat([self.network.place_vectors(part) for part in units.split(16 * _BATCH)])

    @staticmethod
    def _scores(pictures: Float[Tensor, "N E"], others: Float[Tensor, "N E"]) -> Float[np.ndarray, " N"]:
        return (100 * (pictures * others).sum(1)).cpu().numpy()


def unit_places(
    card: GpsClipCard, latitudes: Sequence[float] | np.ndarray, longitudes: Sequence[float] | np.ndarray
) -> Float[Tensor, "N 2"]:
    """(x, y) of places in [-1, 1] of the card's box, as the place tower takes them."""
    x, y = Frame(card.box).to_unit(np.asarray(latitudes, float), np.asarray(longitudes, float))
    return torch.from_numpy(np.stack([x, y], axis=1)).float()


def _check_pairs(pictures: int, others: int, kind: str) -> None:
    if pictures != others:
        raise BadRequest(f"there are {pictures:,} pictures and {others:,} {kind}; give one for each picture")
