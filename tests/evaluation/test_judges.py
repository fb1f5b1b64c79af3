"""Judges: they learn what can be seen, go on where they stopped, and answer the same after a round trip to disk."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from engine.errors import BadModel, BadRequest, Cancelled
from engine.evaluation.judges.judge import Judge
from engine.evaluation.judges.learning import Epoch, JudgeConfig, judge_loss, train_judge
from engine.evaluation.judges.questions import MISSING, Questions

SHADES = ("red", "green", "blue")
QUESTIONS = Questions({"shade": SHADES, "bright": ("no", "yes")}, ("edge",))
CONFIG = JudgeConfig(size_px=32, width=8, epochs=8, batch_size=16, dropout=0.0, closest=0.9)


def pictures(count: int, seed: int) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Noise tinted red, green or blue, dark or bright, darker towards the side that an edge's bearing points to."""
    rng = np.random.default_rng(seed)
    shade, bright, edge = (
        rng.integers(3, size=count),
        rng.integers(2, size=count),
        rng.uniform(0, 360, count),
    )
    pixels = rng.normal(60, 15, (count, 32, 32, 3)) + 60 * bright[:, None, None, None]
    pixels[np.arange(count), :, :, shade] += 70
    y, x = np.mgrid[1:-1:32j, -1:1:32j]
    east, north = np.sin(np.radians(edge)), np.cos(np.radians(edge))
    pixels *= 1 - 0.4 * (x * east[:, None, None] + y * north[:, None, None])[..., None]
    labels = {"shade": shade, "bright": bright, "edge": edge.astype(np.float32)}
    return np.clip(pixels, 0, 255).astype(np.uint8), labels


def train(state: Path | None = None, on_epoch=None, **overrides) -> Judge:
    images, labels = pictures(192, seed=1)
    config = JudgeConfig(**{**vars(CONFIG), **overrides})
    return train_judge(images, labels, QUESTIONS, config, state=state, device="cpu", on_epoch=on_epoch)


@pytest.fixture(scope="module")
def judge() -> Judge:
    return train()


def weights(judge: Judge) -> torch.Tensor:
    return torch.cat([value.flatten().float() for value in judge.network.state_dict().values()])


def test_it_learns_what_can_be_seen(judge: Judge) -> None:
    images, labels = pictures(96, seed=2)
    reading = judge.read(images)
    assert (reading.numbers("shade") == labels["shade"]).mean() > 0.95
    assert (reading.numbers("bright") == labels["bright"]).mean() > 0.9
    off = np.abs((reading.bearings_deg["edge"] - labels["edge"] + 180) % 360 - 180)
    assert np.median(off) < 20
    assert reading.answers("shade")[0] == SHADES[labels["shade"][0]]


def test_what_it_says_is_well_formed(judge: Judge) -> None:
    reading = judge.read(pictures(5, seed=3)[0])
    for name, answers in QUESTIONS.choices.items():
        assert reading.probabilities[name].shape == (5, len(answers))
        np.testing.assert_allclose(reading.probabilities[name].sum(1), 1, atol=1e-5)
    assert ((reading.bearings_deg["edge"] >= 0) & (reading.bearings_deg["edge"] < 360)).all()
    assert ((reading.certainty["edge"] >= 0) & (reading.certainty["edge"] <= 1)).all()


def test_a_batch_is_judged_as_its_pictures_one_by_one(judge: Judge) -> None:
    images, _ = pictures(6, seed=4)
    together = judge.read(images).probabilities["shade"]
    alone = np.concatenate([judge.read(images[i : i + 1]).probabilities["shade"] for i in range(6)])
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_a_closer_look_says_much_the_same_and_is_no_less_often_right(judge: Judge) -> None:
    shown, truth = pictures(64, seed=9)
    far, near = judge.read(shown), judge.read(shown, closer=True)
    for name in judge.questions.choices:
        np.testing.assert_allclose(near.probabilities[name].sum(1), 1, rtol=1e-5)
        assert np.abs(near.probabilities[name] - far.probabilities[name]).max() > 1e-4
        right = [(each.numbers(name) == truth[name])[truth[name] != MISSING].mean() for each in (far, near)]
        assert right[1] > right[0] - 0.15


def test_larger_pictures_and_files_are_judged_like_small_arrays(judge: Judge) -> None:
    images, _ = pictures(4, seed=5)
    large = np.repeat(np.repeat(images, 2, axis=1), 2, axis=2)
    expected = judge.read(images).probabilities["shade"]
    np.testing.assert_allclose(judge.read(large).probabilities["shade"], expected, atol=1e-5)
    opened = [Image.fromarray(image) for image in large]
    np.testing.assert_allclose(judge.read(opened).probabilities["shade"], expected, atol=1e-5)


def test_a_run_that_was_stopped_ends_as_one_that_was_not(judge: Judge, tmp_path: Path) -> None:
    def stop(epoch: Epoch) -> None:
        if epoch.number == 3:
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        train(tmp_path, on_epoch=stop, dropout=0.2)
    seen: list[int] = []
    gone_on = train(tmp_path, on_epoch=lambda epoch: seen.append(epoch.number), dropout=0.2)
    assert seen == [4, 5, 6, 7, 8]
    assert torch.equal(weights(gone_on), weights(train(dropout=0.2)))
    assert not torch.equal(weights(gone_on), weights(judge)), "dropout does something"


def test_what_the_caller_draws_stays_the_same(judge: Judge) -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    train(epochs=1)
    assert torch.equal(torch.rand(3), expected)


def test_a_saved_judge_gives_the_same_answers(judge: Judge, tmp_path: Path) -> None:
    images, _ = pictures(8, seed=6)
    again = Judge.load(judge.save(tmp_path / "judge"))
    assert again.questions == QUESTIONS
    before, after = judge.read(images), again.read(images)
    np.testing.assert_array_equal(before.probabilities["shade"], after.probabilities["shade"])
    np.testing.assert_array_equal(before.bearings_deg["edge"], after.bearings_deg["edge"])
    assert {path.suffix for path in (tmp_path / "judge").iterdir()} == {".json", ".safetensors"}


def test_missing_labels_teach_nothing() -> None:
    generator = torch.Generator().manual_seed(0)
    outputs = {
        "shade": torch.randn(4, 3, generator=generator),
        "bright": torch.randn(4, 2, generator=generator),
    }
    outputs["edge"] = torch.randn(4, 2, generator=generator)
    for value in outputs.values():
        value.requires_grad_()
    targets = {
        "shade": torch.tensor([0, MISSING, 2, MISSING]),
        "bright": torch.full((4,), MISSING),
        "edge": torch.tensor([10.0, float("nan"), float("nan"), 200.0]),
    }
    loss = judge_loss(outputs, targets, QUESTIONS, smoothing=0.1)
    rows = torch.tensor([0, 2]), torch.tensor([0, 3])
    some = Questions({"shade": SHADES}), Questions({}, ("edge",))
    expected = sum(
        judge_loss({name: outputs[name][kept]}, {name: targets[name][kept]}, only, smoothing=0.1)
        for name, kept, only in zip(("shade", "edge"), rows, some, strict=True)
    )
    torch.testing.assert_close(loss, expected)
    loss.backward()
    assert outputs["shade"].grad is not None
    assert outputs["shade"].grad[[1, 3]].abs().sum() == 0
    assert outputs["bright"].grad is not None
    assert outputs["bright"].grad.abs().sum() == 0
    assert outputs["edge"].grad is not None
    assert outputs["edge"].grad[[1, 2]].abs().sum() == 0


def test_doubt_about_a_direction_is_a_short_vector() -> None:
    """A picture that is as often north as south is best answered with zero; certainty is the length."""
    pairs = torch.zeros(2, 2, requires_grad=True)
    targets = {"edge": torch.tensor([0.0, 180.0])}
    judge_loss({"edge": pairs}, targets, Questions({}, ("edge",))).backward()
    assert pairs.grad is not None
    torch.testing.assert_close(pairs.grad.sum(0), torch.zeros(2), atol=1e-6, rtol=0)


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ({"shade": np.array([0, 1, 3] * 6)}, "from 0 to 3; give whole numbers of its 3 answers"),
        ({"shade": np.zeros(18)}, "float64"),
        ({"shade": np.zeros(17, np.int64)}, r"shaped \(17,\) for 18 pictures"),
        ({}, "there are no labels for shade"),
    ],
)
def test_labels_that_do_not_fit_are_refused(labels: dict[str, np.ndarray], words: str) -> None:
    with pytest.raises(BadRequest, match=words):
        train_judge(pictures(18, 1)[0], labels, Questions({"shade": SHADES}), CONFIG)


def test_pictures_that_cannot_be_judged_are_refused(judge: Judge) -> None:
    with pytest.raises(BadRequest, match="there are no pictures"):
        judge.read([])
    with pytest.raises(BadRequest, match="float32 shaped"):
        judge.read(np.zeros((2, 32, 32, 3), np.float32))
    with pytest.raises(BadRequest, match="fewer than one batch of 16"):
        train_judge(pictures(3, 1)[0], pictures(3, 1)[1], QUESTIONS, CONFIG)
    with pytest.raises(BadRequest, match="multiple of 16"):
        train(size_px=40)
    with pytest.raises(BadRequest, match="epochs is 0"):
        JudgeConfig(epochs=0)


def test_a_folder_that_is_no_judge_is_refused(judge: Judge, tmp_path: Path) -> None:
    folder = judge.save(tmp_path / "judge")
    (folder / "judge.safetensors").write_bytes(b"nothing")
    with pytest.raises(BadModel, match="is not the file that was saved"):
        Judge.load(folder)
    with pytest.raises(BadModel):
        Judge.load(tmp_path / "none")
