"""Input that can't be read: each kind has its own error, and no other exception gets out."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reportlab.lib.pdfencrypt import StandardEncryption

from emr_rerank.errors import (
    DamagedPdfError,
    EmrRerankError,
    EncryptedPdfError,
    InputMissingError,
    LimitError,
    NotAPdfError,
    NoTextError,
)
from emr_rerank.reading.pages import PagesRead, read_pages
from emr_rerank.settings import Settings

NO_OCR = Settings(ocr="never")


def record(paper: Callable, pages: int = 2, **options: object) -> Path:
    sheet = paper(**options)
    for number in range(pages):
        sheet.write(60, 100, f"主诉：反复胸闷{number}年。").columns(
            [60, 200, 260, 340], 140, [("项目", "结果", "单位", "参考范围"), ("肌酐", "108", "μmol/L", "57-97")]
        )
        sheet.rule(60, 90, 500, 90).page()
    return sheet.save()


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputMissingError, match=r"no file .*none\.pdf.* Check the path"):
        read_pages(tmp_path / "none.pdf", Settings())


def test_path_with_a_null_character() -> None:
    with pytest.raises(InputMissingError):
        read_pages(Path("a\0b.pdf"), Settings())


def test_no_permission(paper: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    path = record(paper)

    def refused(self: Path, mode: str = "r") -> None:
        raise PermissionError(13, "no", str(self))

    monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(InputMissingError, match="may not be opened"):
        read_pages(path, Settings())


def test_folder(tmp_path: Path) -> None:
    with pytest.raises(NotAPdfError, match="is a folder"):
        read_pages(tmp_path, Settings())


@pytest.mark.parametrize(
    ("content", "message"), [(b"", "is empty"), (b"PK\x03\x04 a word file", "not a PDF"), (b"\0" * 5000, "not a PDF")]
)
def test_not_a_pdf(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "record.pdf"
    path.write_bytes(content)
    with pytest.raises(NotAPdfError, match=message):
        read_pages(path, Settings())


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.99])
def test_cut_off(paper: Callable, share: float) -> None:
    path = record(paper)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(DamagedPdfError, match="cut off"):
        read_pages(path, Settings())


def test_nothing_between_the_marks(tmp_path: Path) -> None:
    path = tmp_path / "record.pdf"
    path.write_bytes(b"%PDF-1.4\n" + b"junk " * 100 + b"\n%%EOF\n")
    with pytest.raises(DamagedPdfError, match="damaged"):
        read_pages(path, Settings())


def test_encrypted(paper: Callable) -> None:
    path = record(paper, encrypt=StandardEncryption("owl", canPrint=0))
    with pytest.raises(EncryptedPdfError, match="needs a password"):
        read_pages(path, Settings())
    with pytest.raises(EncryptedPdfError, match="password is wrong"):
        read_pages(path, Settings(), password="hawk")
    assert read_pages(path, Settings(), password="owl").pages[0].lines[0].text == "主诉：反复胸闷0年。"


def test_too_large_and_too_long(paper: Callable) -> None:
    path = record(paper, pages=4)
    with pytest.raises(LimitError, match=r"pages, more than the limit of 3\. Split"):
        read_pages(path, Settings(max_pages=3))
    path.write_bytes(path.read_bytes() + b"\n" * (1 << 20))
    with pytest.raises(LimitError, match="MiB, more than the limit of 1 MiB"):
        read_pages(path, Settings(max_file_mb=1))


def test_no_text_at_all(paper: Callable) -> None:
    sheet = paper()
    sheet.page()
    with pytest.raises(NoTextError, match="No page of"):
        read_pages(sheet.save(), NO_OCR)


def test_a_page_whose_content_is_broken_is_reported(paper: Callable) -> None:
    path = record(paper, pages=3, pageCompression=0)
    data = path.read_bytes()
    first = data.index(b"stream", data.index(b"/Length"))
    second = data.index(b"endstream", first)
    broken = data[: first + 8] + b"(" * (second - first - 10) + data[second - 2 :]
    path.write_bytes(broken)
    read = read_pages(path, NO_OCR)
    assert read.pages[1].lines
    assert {warning.page for warning in read.warnings} <= {1}


def test_a_compressed_page_that_ends_early_is_reported(paper: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reportlab.rl_config.useA85", 0)
    sheet = paper(pageCompression=1)
    for number in range(40):
        sheet.write(
            60, 60 + 18 * number, f"第{number * 7919 % 1009}条：患者病情平稳，继续目前治疗方案{number * 31 % 17}。"
        )
    path = sheet.save()
    data = bytearray(path.read_bytes())
    start = data.index(b"stream", data.index(b"/FlateDecode")) + 8
    end = data.index(b"endstream", start)
    for offset in range(20):
        data[(start + end) // 2 + offset] ^= 0xFF
    path.write_bytes(bytes(data))
    try:
        read = read_pages(path, NO_OCR)
    except NoTextError:
        return
    assert "damaged" in " ".join(warning.code for warning in read.warnings)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.sampled_from(["flip", "cut", "zero", "copy"]))
def test_changed_bytes_end_in_pages_or_in_an_error_of_ours(
    paper: Callable, tmp_path: Path, seed: int, count: int, how: str
) -> None:
    source = tmp_path / "whole.pdf"
    if not source.exists():
        record(paper, pageCompression=seed % 2).rename(source)
    data = bytearray(source.read_bytes())
    chance = random.Random(seed)
    for _ in range(count):
        at = chance.randrange(len(data) - 8)
        if how == "flip":
            data[at] ^= 1 << chance.randrange(8)
        elif how == "cut":
            del data[at : at + chance.randrange(1, 8)]
        elif how == "zero":
            data[at : at + 4] = b"\0\0\0\0"
        else:
            data[at:at] = data[chance.randrange(len(data)) :][:20]
    path = tmp_path / "changed.pdf"
    path.write_bytes(bytes(data))
    try:
        assert isinstance(read_pages(path, NO_OCR), PagesRead)
    except EmrRerankError as error:
        assert error.todo
