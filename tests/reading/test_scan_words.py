"""Words out of recognised characters: where they part, where they stand, how sure they are."""

import pytest

from emr_rerank.reading.recognition import Letter, TextLine
from emr_rerank.reading.scan_words import words_of

SCALE = 2.0
SIZE = 20.0
"""Width of a Han character, in pixels."""


def line(*pieces: tuple[str, float], confidence: float = 0.99, unsure: str = "") -> TextLine:
    """A line of pieces, each of a text and its left edge in pixels; the characters in `unsure` are read at 0.5."""
    letters = []
    end = 0.0
    for text, left in pieces:
        x = left
        for letter in text:
            width = SIZE if ord(letter) > 0x2E80 else 0.55 * SIZE
            letters.append(Letter(letter, x + width / 2, 0.5 if letter in unsure else confidence))
            x += width
        end = x
    return TextLine(pieces[0][1], 100.0, end, 100.0 + SIZE / 0.75, tuple(letters))


def texts(read: TextLine) -> list[str]:
    return [word.text for word in words_of(read, SCALE)]


def test_words_part_at_spaces_and_at_column_gaps() -> None:
    assert texts(line(("肌酐 108", 60))) == ["肌酐", "108"]
    assert texts(line(("血红蛋白", 60), ("108", 180), ("g/L", 260))) == ["血红蛋白", "108", "g/L"]
    assert texts(line(("患者神志清楚，", 60), ("双肺呼吸音清。", 212))) == ["患者神志清楚，双肺呼吸音清。"]


def test_a_sign_made_up_out_of_a_gap_is_a_space() -> None:
    assert texts(line(("提示☑单位", 60), unsure="☑")) == ["提示", "单位"]
    assert texts(line(("☑同意", 60))) == ["☑同意"]
    assert texts(line(("肌酐", 60), ("↑", 160), unsure="↑")) == ["肌酐", "↑"]


def test_a_time_glued_to_its_date_comes_apart() -> None:
    words = words_of(line(("采集时间：2026-03-0206:10", 60)), SCALE)
    assert [(word.text, word.spaced) for word in words] == [("采集时间：2026-03-02", True), ("06:10", True)]


def test_words_stand_where_their_characters_were_found() -> None:
    first, second = words_of(line(("尿素", 60), ("7.1", 200)), SCALE)
    assert (first.x0, first.x1) == pytest.approx((30.0, 50.0))
    assert second.x0 == pytest.approx(100.0)
    assert (first.top, first.bottom) == pytest.approx((50.0, 50.0 + SIZE / 0.75 / SCALE))
    assert len(second.rights) == 3
    assert second.rights == sorted(second.rights)


def test_a_word_is_as_sure_as_its_worst_character() -> None:
    sure, unsure = words_of(line(("肌酐", 60), ("286", 160), unsure="8"), SCALE)
    assert (sure.confidence, unsure.confidence) == (0.99, 0.5)
    (width,) = words_of(line(("主诉：胸闷", 60), unsure="："), SCALE)
    assert width.confidence == 0.99, "a full-width colon and a half-width one look the same"
