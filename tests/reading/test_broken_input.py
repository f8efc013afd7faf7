"""Input that can't be read: each kind has its own error, and no other exception gets out."""

import re
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader

from emr_rerank.errors import (
    DamagedPdfError,
    EncryptedPdfError,
    InputMissingError,
    LimitError,
    NotAPdfError,
    NoTextError,
)
from emr_rerank.reading.pages import read_pages
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


def test_nothing_that_a_library_logs_of_a_damaged_file_gets_out(
    paper: Callable, caplog: pytest.LogCaptureFixture
) -> None:
    path = record(paper, pageCompression=0)
    data = path.read_bytes()
    path.write_bytes(data.replace(b" Tf ", b" w ").replace(b"/F2 10 w", b"(name) w"))
    with pytest.raises(NoTextError):
        read_pages(path, NO_OCR)
    assert caplog.text == ""


def test_a_page_without_height_is_reported(paper: Callable) -> None:
    path = record(paper, pages=2, pageCompression=0)
    data = path.read_bytes()
    wide, high = re.search(rb"/MediaBox \[ 0 0 (\S+) (\S+) \]", data).groups()
    flat = b"." + b"1".rjust(len(high) - 1, b"0")  # of the same length, so that no offset in the file moves
    path.write_bytes(data.replace(b" %s %s ]" % (wide, high), b" %s %s ]" % (wide, flat), 1))
    read = read_pages(path, NO_OCR)
    assert read.pages[0].height > 0 and read.pages[1].lines
    assert {warning.page for warning in read.warnings} == {1}


def test_text_beyond_the_page_is_told(paper: Callable) -> None:
    sheet = paper().write(60, 100, "过敏史：否认药物过敏。").write(700, 120, "青霉素过敏")
    (warning,) = read_pages(sheet.save(), NO_OCR).warnings
    assert (warning.code, warning.page) == ("outside_page", 1)
    assert warning.message == "Page 1: 5 characters are printed beyond its edges and were left out."


@pytest.mark.parametrize(("share", "codes"), [(0.1, []), (0.3, ["picture_not_read"])])
def test_a_picture_on_a_page_of_text_is_told(paper: Callable, share: float, codes: list[str]) -> None:
    sheet = paper().write(60, 100, "超声所见：肝脏形态正常。")
    picture = ImageReader(Image.new("L", (50, 50), 90))
    sheet.canvas.drawImage(picture, 0, 0, sheet.width, sheet.height * share)
    read = read_pages(sheet.save(), NO_OCR)
    assert [warning.code for warning in read.warnings] == codes


def test_no_temporary_file_stays(paper: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    whole = record(paper)
    read_pages(whole, NO_OCR)
    with pytest.raises(LimitError):
        read_pages(whole, Settings(max_pages=1))
    whole.write_bytes(whole.read_bytes()[:-300] + b"%%EOF")
    with pytest.raises(DamagedPdfError):
        read_pages(whole, NO_OCR)
    assert list(folder.iterdir()) == []
