"""Eyes: what a judge looks at pictures with, squares for its own trunk or features of a frozen transformer."""

from typing import Any

import numpy as np
import torch
from jaxtyping import Float, UInt8
from PIL import Image, ImageOps
from torch import Tensor

from engine.errors import BadModel, BadRequest, MissingModel
from engine.evaluation.judges.judge import Images
from engine.training.dataset import weights_hash

_MEAN = (0.485, 0.456, 0.406)  # of ImageNet, where the transformer's folder does not say otherwise
_STD = (0.229, 0.224, 0.225)


def squares(images: Images, side_px: int) -> UInt8[Tensor, "N 3 S S"]:
    """Pictures as photos are learned: resized by the short side and cropped at the centre.

    Raises BadRequest for no pictures and for an array that is not (N, H, W, 3) of whole numbers up to 255.
    """
    if not len(images):
        raise BadRequest("there are no pictures to judge; give at least one")
    if isinstance(images, np.ndarray):
        if images.dtype != np.uint8 or images.ndim != 4 or images.shape[3] != 3:
            raise BadRequest(
                f"the pictures are an array of {images.dtype} shaped {images.shape}; give uint8 of (N, H, W, 3)"
            )
        images = [Image.fromarray(image) for image in images]
    fitted = [
        ImageOps.fit(image.convert("RGB"), (side_px, side_px), Image.Resampling.LANCZOS) for image in images
    ]
    return torch.from_numpy(np.stack([np.asarray(image) for image in fitted])).movedim(-1, 1)


def normalised(pixels: UInt8[Tensor, "B 3 S S"]) -> Float[Tensor, "B 3 S S"]:
    """Pixels in [-1, 1], as the trunk takes them; channels last in memory."""
    return pixels.float().div(127.5).sub(1).contiguous(memory_format=torch.channels_last)


class FrozenEyes:
    """A vision transformer (DINOv2 in the paper) whose class token is what is seen; it never learns."""

    def __init__(self, vision: str) -> None:
        """`vision` is a folder or a hub id; only safetensors are read. Raises MissingModel, BadModel."""
        from transformers import AutoModel

        try:
            model: Any = AutoModel.from_pretrained(vision, use_safetensors=True)
        except (OSError, ValueError, KeyError) as error:
            reason = str(error).strip().split("\n")[0]
            raise MissingModel(
                f"the vision model {vision!r} cannot be read ({reason}); give a folder or a hub id"
            ) from error
        self.features = int(getattr(model.config, "hidden_size", 0))
        if not self.features or not hasattr(model.config, "patch_size") or hasattr(model, "text_model"):
            raise BadModel(f"{vision!r} is no vision transformer; give one such as facebook/dinov2-base")
        self.model = model.requires_grad_(False).eval()
        self.mean, self.std = _colours_of(vision)
        self.identity = weights_hash(model)
        """One value that stands for the weights."""

    @torch.no_grad()
    def __call__(self, pixels: UInt8[Tensor, "B 3 S S"]) -> Float[Tensor, "B F"]:
        """Class token (B, features) of each picture, after the last layer's norm."""
        scaled = (pixels.to(self.model.device).float() / 255 - self.mean) / self.std
        return self.model(pixel_values=scaled).last_hidden_state[:, 0].float()

    def to(self, device: torch.device | str) -> "FrozenEyes":
        """These eyes, on another device."""
        self.model.to(device)
        self.mean, self.std = self.mean.to(device), self.std.to(device)
        return self


def _colours_of(vision: str) -> tuple[Float[Tensor, "3 1 1"], Float[Tensor, "3 1 1"]]:
    """Mean and deviation of the colours that the transformer was trained with."""
    from transformers.image_processing_utils import BaseImageProcessor

    try:
        told, _ = BaseImageProcessor.get_image_processor_dict(vision)
    except OSError:
        told = {}
    both = torch.tensor([told.get("image_mean", _MEAN), told.get("image_std", _STD)])
    return both[0, :, None, None], both[1, :, None, None]
