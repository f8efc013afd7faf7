"""Pictures of pages laid level, and the ruling lines in them. Drawn here, so that nothing needs to be recognised."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from emr_rerank.reading.deskew import Picture, levelled, skew_of
from emr_rerank.reading.scan_picture import evened
from emr_rerank.reading.scan_rules import ruling_lines

SCALE = 150 / 72


def printed(skew: float = 0.0, *, grid: bool = False) -> Picture:
    """An A4 page of dashes where words would be; clockwise by `skew` degrees."""
    sheet = Image.new("L", (1240, 1754), 250)
    pen = ImageDraw.Draw(sheet)
    chance = np.random.default_rng(7)
    for top in range(150, 1500, 34):
        x = 130
        while x < 1050:
            width = int(chance.integers(12, 60))
            pen.rectangle((x, top, x + width, top + 18), fill=40)
            x += width + 9
    if grid:
        for y in range(1540, 1701, 40):
            pen.line((130, y, 1100, y), fill=60, width=2)
        for x in (130, 500, 800, 1100):
            pen.line((x, 1540, x, 1700), fill=60, width=2)
    turned = sheet.rotate(-skew, fillcolor=250, resample=Image.Resampling.BICUBIC)
    noise = chance.normal(0, 5, (1754, 1240))
    return np.clip(np.asarray(turned) + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("skew", [-4.0, -1.5, -0.3, 0.0, 0.7, 1.5, 3.2])
def test_skew_is_found_and_undone(skew: float) -> None:
    picture = printed(skew)
    found = skew_of(picture)
    assert found == pytest.approx(skew, abs=0.1)
    assert skew_of(levelled(picture, found)) == pytest.approx(0.0, abs=0.1)


def test_a_worn_copy_is_laid_level_after_its_shadow_is_taken_off() -> None:
    clean = printed(1.5)
    shadow = np.linspace(1.0, 0.75, clean.shape[1], dtype=np.float32)
    worn = ((100 + clean.astype(np.float32) * 0.6) * shadow).astype(np.uint8)
    mended = evened(worn)
    paper, ink = np.percentile(mended[200:1400, 150:1050], (90, 5))
    assert paper > 235 and ink < 90
    assert np.percentile(mended[1600:, :200], 50) == pytest.approx(np.percentile(mended[1600:, -200:], 50), abs=8)
    assert skew_of(mended) == pytest.approx(1.5, abs=0.1)


def test_a_clean_picture_and_an_empty_one_stay_as_they_are() -> None:
    clean = printed()
    assert np.abs(evened(clean).astype(int) - clean.astype(int)).mean() < 6
    blank = np.full((1754, 1240), 240, np.uint8)
    assert evened(blank).min() > 250
    assert evened(np.zeros((40, 30), np.uint8)).max() == 0


@pytest.mark.parametrize("picture", [np.full((1754, 1240), 255, np.uint8), np.zeros((1754, 1240), np.uint8)])
def test_a_page_without_print_is_level(picture: Picture) -> None:
    assert skew_of(picture) == 0.0


@pytest.mark.parametrize("skew", [0.0, 1.5])
def test_ruling_lines_are_found_and_letters_are_none(skew: float) -> None:
    edges = ruling_lines(levelled(printed(skew, grid=True), skew), SCALE)
    across = sorted((edge for edge in edges if edge.orientation == "h"), key=lambda edge: edge.top)
    down = sorted((edge for edge in edges if edge.orientation == "v"), key=lambda edge: edge.x0)
    assert [edge.top for edge in across] == pytest.approx([y / SCALE for y in range(1540, 1701, 40)], abs=1.5)
    assert [edge.x0 for edge in down] == pytest.approx([x / SCALE for x in (130, 500, 800, 1100)], abs=1.5)
    assert across[0].x1 - across[0].x0 == pytest.approx(970 / SCALE, abs=3)
