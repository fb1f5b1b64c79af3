"""The text encoder of a base of random weights: a vocabulary of the captions' own words, learned beside the photos.

It learns as CLIP does (Radford et al. 2021, arXiv 2103.00020): a caption and its photo are to be nearer to each other
than to the rest of the batch. Photos with the same caption belong to each other's captions too. The half that looks at
photos is left behind when it is done.
"""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor
from torch.nn.functional import interpolate, log_softmax
from transformers import CLIPConfig, CLIPModel, CLIPTextConfig, CLIPTextModel, CLIPTokenizer, CLIPVisionConfig

from engine.atomic import writing_folder
from engine.diffusion.pipeline import PlacePipeline
from engine.training.autoencoder import as_images, crops
from engine.training.config import TrainingConfig
from engine.training.draws import text_encoder_generator
from engine.training.fitting import Fit, fit
from engine.training.step import OnStep

_VOCABULARY = 2048
_LEAST_OCCURRENCES = 5
_SIDE_PX = 64
_CLOSEST = 0.8
_BATCH = 128
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


def known_words(captions: Sequence[str]) -> tuple[str, ...]:
    """The words that the captions use at least five times, the most frequent first."""
    counts = Counter(word for caption in captions for word in _WORD.findall(caption.lower()))
    known = [word for word, count in counts.items() if count >= _LEAST_OCCURRENCES]
    return tuple(sorted(known, key=lambda word: (-counts[word], word)))


def learn_vocabulary(pipe: PlacePipeline, captions: Sequence[str], seed: int) -> None:
    """Give the pipeline a tokenizer that knows the captions' words, and a new text encoder that has a row for each."""
    tokenizer = pipe.tokenizer.train_new_from_iterator(captions, _VOCABULARY, show_progress=False)
    config = pipe.text_encoder.config.to_dict() | {
        "vocab_size": len(tokenizer),
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        pipe.tokenizer, pipe.text_encoder = tokenizer, CLIPTextModel(CLIPTextConfig(**config))


def fit_text_encoder(
    pipe: PlacePipeline,
    captions: Sequence[str],
    pictures: UInt8[Tensor, "N 3 H W"],
    config: TrainingConfig,
    on_step: OnStep | None = None,
    state: Path | None = None,
) -> None:
    """Fit the pipeline's text encoder in place to photos and their captions.

    With a folder `state` there are checkpoints, and a run goes on from them. Raises TrainingDiverged when the loss is
    not finite, DiskFull, BadModel for a damaged checkpoint.
    """
    device = pipe.device
    pictures = pictures.to(device)
    ids, first = pipe.token_ids(captions), {caption: row for row, caption in enumerate(captions)}
    same = torch.tensor([first[caption] for caption in captions])
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        model = _with_eyes(pipe.text_encoder).to(device)

    def loss_at(step: int) -> Float[Tensor, ""]:
        generator = text_encoder_generator(config.seed, step)
        rows = torch.randperm(len(captions), generator=generator)[:_BATCH]
        looks = _looks(pictures[rows], generator)
        with torch.autocast(device.type, torch.bfloat16, enabled=config.mixed_precision == "bf16"):
            logits = model(input_ids=ids[rows].to(device), pixel_values=looks).logits_per_text
        pairs = (same[rows, None] == same[None, rows]).to(device)
        return contrastive_loss(logits.float(), pairs)

    how = Fit(
        stage="text encoder",
        steps=config.text_encoder_steps,
        learning_rate=config.text_encoder_learning_rate,
        setting="text_encoder_learning_rate",
        warmup_steps=100,
        weight_decay=0.05,
        checkpoint_every_steps=config.checkpoint_every_steps,
    )
    fit(model, loss_at, how, on_step, state)
    pipe.text_encoder = model.text_model


def contrastive_loss(logits: Float[Tensor, "T P"], pairs: Int[Tensor, "T P"]) -> Float[Tensor, ""]:
    """Mean cross entropy of texts choosing pictures and of pictures choosing texts, where `pairs` says which belong.

    A text that belongs to several pictures is to choose each of them equally.
    """
    shares = pairs.float()
    by_text = -(log_softmax(logits, dim=1) * shares).sum(1) / shares.sum(1)
    by_picture = -(log_softmax(logits, dim=0) * shares).sum(0) / shares.sum(0)
    return (by_text.mean() + by_picture.mean()) / 2


def save_text_encoder(pipe: PlacePipeline, folder: Path) -> None:
    """Write text encoder and tokenizer, whole or not at all. Raises DiskFull."""
    with writing_folder(folder) as temporary:
        pipe.text_encoder.save_pretrained(temporary / "text_encoder")
        pipe.tokenizer.save_pretrained(temporary / "tokenizer")


def open_text_encoder(pipe: PlacePipeline, folder: Path) -> None:
    """Give the pipeline what `save_text_encoder` wrote."""
    pipe.tokenizer = CLIPTokenizer.from_pretrained(folder / "tokenizer")
    encoder = CLIPTextModel.from_pretrained(folder / "text_encoder")
    pipe.text_encoder = encoder.requires_grad_(False).eval()


def _with_eyes(text_encoder: CLIPTextModel) -> CLIPModel:
    """A CLIP of the text encoder itself and a small transformer that looks at pictures of 64 px."""
    text = text_encoder.config
    vision = CLIPVisionConfig(
        hidden_size=text.hidden_size,
        intermediate_size=2 * text.hidden_size,
        num_hidden_layers=4,
        num_attention_heads=text.num_attention_heads,
        image_size=_SIDE_PX,
        patch_size=8,
        projection_dim=text.hidden_size,
    )
    model = CLIPModel(
        CLIPConfig(
            text_config=text.to_dict(), vision_config=vision.to_dict(), projection_dim=text.hidden_size
        )
    )
    model.text_model = text_encoder.requires_grad_(True)
    return model


def _looks(pictures: UInt8[Tensor, "B 3 H W"], generator: torch.Generator) -> Float[Tensor, "B 3 h w"]:
    """Four fifths or more of each picture, never mirrored, at the size that is looked at."""
    share = _CLOSEST + (1 - _CLOSEST) * torch.rand((), generator=generator).item()
    near = crops(pictures, round(share * min(pictures.shape[-2:])), generator)
    return interpolate(as_images(near), size=_SIDE_PX, mode="area")
