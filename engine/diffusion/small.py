"""The bases `small` and `medium`: a Stable Diffusion for pictures of 256 px that two processor cores can use.

They can also train the small one; the medium one wants a GPU.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import torch
from diffusers import AutoencoderDC, DDIMScheduler, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel

from engine.diffusion.card import PlaceCard
from engine.diffusion.encoder import PlaceEncoder
from engine.diffusion.pipeline import PlacePipeline
from engine.diffusion.tiny import byte_tokenizer

_WIDTH = 192
_CHANNELS = 16
_LONGEST_PROMPT = 40


@dataclass(frozen=True)
class Size:
    """How much a base can hold."""

    unet_channels: tuple[int, int, int]
    decoder_channels: tuple[int, int, int, int, int]
    """From pictures to latents."""
    decoder_layers: tuple[int, int, int, int, int]


SIZES: Mapping[str, Size] = MappingProxyType(
    {
        "small": Size((64, 128, 192), (32, 32, 64, 128, 256), (0, 3, 2, 2, 1)),
        "medium": Size((128, 192, 224), (64, 64, 128, 128, 256), (0, 3, 3, 3, 1)),
    }
)
"""By name: 18 million parameters, with 46 ms for a step of three pictures on two cores, and 28 million, with 75."""


def build_small(card: PlaceCard, size: str = "small", seed: int = 0) -> PlacePipeline:
    """An untrained pipeline for pictures of 256 x 256 px, of one of SIZES; the same seed gives the same weights.

    The autoencoder makes 16 x 16 latents of 16 channels: as few numbers as Stable Diffusion has for a pixel, but
    arranged so that the UNet has a sixteenth of the places to look at. Longitude and latitude mean little apart in a
    city whose streets do not run north, so the place tokens attend to each other before the UNet sees them, and the
    encoding stops at 8 frequencies (about 90 m in Manhattan), because photos are off by 5 to 15 m.
    """
    sizes = SIZES[size]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        tokenizer = byte_tokenizer(_LONGEST_PROMPT)
        pipe = PlacePipeline(
            vae=AutoencoderDC(
                latent_channels=_CHANNELS,
                encoder_block_out_channels=(32, 32, 64, 128, 256),
                encoder_layers_per_block=(0, 1, 1, 2, 1),
                encoder_out_shortcut=False,
                decoder_block_out_channels=sizes.decoder_channels,
                decoder_layers_per_block=sizes.decoder_layers,
                decoder_in_shortcut=False,
                upsample_block_type="interpolate",  # shuffled pixels leave a grid where the decoder is polished
            ),
            text_encoder=CLIPTextModel(
                CLIPTextConfig(
                    vocab_size=len(tokenizer),
                    hidden_size=_WIDTH,
                    intermediate_size=3 * _WIDTH,
                    num_hidden_layers=3,
                    num_attention_heads=6,
                    max_position_embeddings=_LONGEST_PROMPT,
                    projection_dim=_WIDTH,
                    bos_token_id=tokenizer.bos_token_id,
                    eos_token_id=tokenizer.eos_token_id,
                    pad_token_id=tokenizer.pad_token_id,
                )
            ).eval(),
            tokenizer=tokenizer,
            unet=UNet2DConditionModel(
                sample_size=16,
                in_channels=_CHANNELS,
                out_channels=_CHANNELS,
                block_out_channels=sizes.unet_channels,
                down_block_types=("CrossAttnDownBlock2D",) * 3,
                up_block_types=("CrossAttnUpBlock2D",) * 3,
                layers_per_block=1,
                attention_head_dim=4,
                cross_attention_dim=_WIDTH,
            ),
            scheduler=DDIMScheduler(
                beta_schedule="squaredcos_cap_v2",  # less noise drowns so few latents
                clip_sample=False,
                set_alpha_to_one=False,
            ),
            place_encoder=PlaceEncoder(card.conditions, width=_WIDTH, num_frequencies=8, num_mixing_layers=2),
        )
    pipe.card = card
    return pipe
