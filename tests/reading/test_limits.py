"""Each limit has an error of its own, which names the setting that raises it."""

import time
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader

from emr_rerank.errors import (
    FileTooLargeError,
    ImageTooLargeError,
    LimitError,
    PageTimeoutError,
    TooManyPagesError,
    TooMuchTextError,
)
from emr_rerank.reading import page_source
from emr_rerank.reading.pages import read_pages
from emr_rerank.settings import Settings


def record(paper: Callable, pages: int = 3) -> Path:
    sheet = paper()
    for number in range(pages):
        sheet.write(60, 100, f"主诉：反复胸闷{number}年。").page()
    return sheet.save()


def test_pages_bytes_and_characters(paper: Callable) -> None:
    path = record(paper)
    count = len(pypdfium2.PdfDocument(path))
    with pytest.raises(TooManyPagesError, match=r"limit of 2\..*max_pages"):
        read_pages(path, Settings(max_pages=2))
    with pytest.raises(TooMuchTextError, match=r"limit of 15 characters\..*max_characters"):
        read_pages(path, Settings(max_characters=15))
    assert len(read_pages(path, Settings(max_pages=count, max_characters=30)).pages) == count
    path.write_bytes(path.read_bytes() + b"\n" * (1 << 20))
    with pytest.raises(FileTooLargeError, match=r"limit of 1 MiB\..*max_file_mb"):
        read_pages(path, Settings(max_file_mb=1))


def test_a_picture_with_too_many_pixels_is_not_decoded(paper: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_source, "ocr_installed", lambda: True)
    sheet = paper()
    sheet.canvas.drawImage(ImageReader(Image.new("1", (2000, 1500))), 0, 0, sheet.width, sheet.height)
    path = sheet.save()

    def never(self: object, **options: object) -> None:
        raise AssertionError("rendered")

    monkeypatch.setattr(pypdfium2.PdfPage, "render", never)
    with pytest.raises(ImageTooLargeError, match=r"Page 1 .* 2000 x 1500 pixels.* limit of 2 million.*max_image_mpx"):
        read_pages(path, Settings(max_image_mpx=2))


def test_a_slow_page_ends_the_reading(paper: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    path = record(paper)
    begun: list[int] = []

    def slow(number: int) -> None:
        begun.append(number)

    read = page_source.Pages._text_layer
    monkeypatch.setattr(
        page_source.Pages, "_text_layer", lambda self, number: time.sleep(0.3 * (number == 2)) or read(self, number)
    )
    with pytest.raises(PageTimeoutError, match=r"Page 2 took longer than the limit of 0\.2 s\..*max_page_seconds"):
        read_pages(path, Settings(max_page_seconds=0.2), on_page=slow)
    assert begun == [1, 2]


def test_all_limits_are_one_kind_of_error_and_exit_code() -> None:
    kinds = (FileTooLargeError, TooManyPagesError, TooMuchTextError, ImageTooLargeError, PageTimeoutError)
    assert all(issubclass(kind, LimitError) and kind.exit_code == 3 for kind in kinds)
