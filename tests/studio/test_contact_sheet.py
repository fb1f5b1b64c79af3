"""The contact sheet: every picture whole, every label beside it, nothing off the paper."""

import numpy as np
import pytest
from PIL import Image

from engine.studio.contact_sheet import Print, contact_sheet
from engine.studio.lettering import PAPER, Lettering

LABELS = ["picture", "w" * 300, "café", "東京", "a", "", "latitude"]


def prints(count: int, size: tuple[int, int]) -> list[Print]:
    return [
        Print(
            Image.new("RGB", size, (number, 99, 200)), LABELS[number % 7], f"word {number}", number % 2 == 0
        )
        for number in range(count)
    ]


@pytest.mark.parametrize(
    ("count", "size"),
    [(1, (32, 32)), (81, (32, 32)), (2, (512, 256)), (5, (512, 256)), (5, (64, 512)), (17, (16, 512))],
)
def test_pictures_lie_whole_in_rows_and_no_label_runs_into_one_or_off_the_paper(
    count: int, size: tuple[int, int]
) -> None:
    each = prints(count, size)
    sheet, boxes = contact_sheet(each)
    assert len(boxes) == count
    pixels, line_px = np.asarray(sheet).copy(), Lettering(size[0]).line_px
    for print_, (left, top, right, bottom) in zip(each, boxes, strict=True):
        assert (right - left, bottom - top) == size
        assert sheet.crop((left, top, right, bottom)).tobytes() == print_.image.tobytes()
        assert (pixels[top - line_px : top, left : left + 16] != PAPER).any()  # the label
        pixels[top:bottom, left:right] = PAPER
    margin = 10
    inside = pixels[margin:-margin, margin:-margin]
    assert (inside != PAPER).sum() == (pixels != PAPER).sum()
    assert [box[1] for box in boxes] == sorted(box[1] for box in boxes)


def test_a_sheet_of_many_is_about_as_wide_as_high() -> None:
    for size in ((64, 64), (512, 256), (128, 512)):
        sheet, _ = contact_sheet(prints(12, size))
        assert 0.5 < sheet.width / sheet.height < 2


def test_words_are_dark_and_the_rest_is_grey() -> None:
    picture = Image.new("RGB", (64, 64), PAPER)
    darkest = []
    for quiet in (False, True):
        sheet, _ = contact_sheet([Print(picture, "street", "word 1", quiet)])
        darkest.append(np.asarray(sheet).max(axis=2).min())
    assert darkest[0] < darkest[1] < 200
