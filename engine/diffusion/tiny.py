"""The base `tiny`: a small Stable Diffusion of the real classes, with random weights and no download."""

import torch
from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from engine.diffusion.card import PlaceCard
from engine.diffusion.encoder import PlaceEncoder
from engine.diffusion.pipeline import PlacePipeline

TINY = "tiny"
_WIDTH = 64


def build_tiny(card: PlaceCard | None = None, seed: int = 0) -> PlacePipeline:
    """An untrained pipeline for pictures of 64 x 64 px: 5 million parameters, four steps of one picture in 0.1 s.

    It has every part of a Stable Diffusion 1.x, each a fraction of the size; the same seed gives the same weights.
    """
    card = card or PlaceCard(
        name="Tiny",
        base_model=TINY,
        resolution_px=64,
        untrained=True,
        guidance_scale=2.0,
        gps_guidance_scale=2.0,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        tokenizer = byte_tokenizer(77)
        pipe = PlacePipeline(
            vae=AutoencoderKL(
                block_out_channels=(16, 32, 64),
                down_block_types=("DownEncoderBlock2D",) * 3,
                up_block_types=("UpDecoderBlock2D",) * 3,
                layers_per_block=1,
                latent_channels=4,
                norm_num_groups=8,
                sample_size=64,
            ),
            text_encoder=CLIPTextModel(
                CLIPTextConfig(
                    vocab_size=len(tokenizer),
                    hidden_size=_WIDTH,
                    intermediate_size=2 * _WIDTH,
                    num_hidden_layers=2,
                    num_attention_heads=4,
                    bos_token_id=tokenizer.bos_token_id,
                    eos_token_id=tokenizer.eos_token_id,
                    pad_token_id=tokenizer.pad_token_id,
                )
            ).eval(),
            tokenizer=tokenizer,
            unet=UNet2DConditionModel(
                sample_size=16,
                block_out_channels=(64, 128),
                down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
                up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
                layers_per_block=1,
                attention_head_dim=4,
                norm_num_groups=8,
                cross_attention_dim=_WIDTH,
            ),
            scheduler=DDIMScheduler(
                beta_start=0.00085,
                beta_end=0.012,
                beta_schedule="scaled_linear",
                clip_sample=False,
                set_alpha_to_one=False,
                steps_offset=1,
            ),
            place_encoder=PlaceEncoder(conditions=card.conditions, width=_WIDTH),
        )
    pipe.card = card
    return pipe


def byte_tokenizer(model_max_length: int) -> CLIPTokenizer:
    """A CLIP tokenizer whose tokens are single bytes, inside a word and at its end: 514 in all, no merges."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    # Byte-level BPE gives the unprintable bytes the characters from 256 on.
    symbols = [chr(byte) for byte in printable] + [chr(256 + index) for index in range(256 - len(printable))]
    words = [*symbols, *(symbol + "</w>" for symbol in symbols), "<|startoftext|>", "<|endoftext|>"]
    vocab = {word: index for index, word in enumerate(words)}
    return CLIPTokenizer(vocab=vocab, merges=[], model_max_length=model_max_length)
