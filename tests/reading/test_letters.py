"""Letters to words: printed and guessed spaces, gaps, baselines, letters struck twice."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emr_rerank.reading.letters import Letters, Style, words_of

SIZE = 10.0


def letters(*placed: tuple[str, float], top: float = 100.0, height: float = 10.0, guessed: str = "") -> Letters:
    """Runs of letters of one line, each with the gap before it; '_' in `guessed` marks runs after a guessed space."""
    codes, boxes, spaced, guesses = [], [], [], []
    x = 50.0
    for number, (text, gap) in enumerate(placed):
        x += gap
        for place, letter in enumerate(text.lstrip(" ")):
            width = SIZE if ord(letter) > 0x2E80 else SIZE / 2
            codes.append(ord(letter))
            boxes.append((x, top, x + width, top + height))
            spaced.append(place == 0 and text.startswith(" "))
            guesses.append(place == 0 and guessed[number : number + 1] == "_")
            x += width
    count = len(codes)
    arrays = np.array(codes, dtype=np.uint32), np.array(boxes, dtype=float).reshape(count, 4), np.arange(count)
    return Letters(*arrays, np.array(spaced, dtype=bool), np.array(guesses, dtype=bool))


def texts(line: Letters) -> list[str]:
    return [word.text for word in words_of(line, lambda number: Style(SIZE, False, 0.0))]


@pytest.mark.parametrize(
    ("runs", "guessed", "want"),
    [
        ([("肌酐", 0), (" 108", 0)], "", ["肌酐", "108"]),
        ([("肌酐", 0), ("108", 3.1)], "", ["肌酐", "108"]),
        ([("肌酐", 0), ("108", 2.0)], "", ["肌酐108"]),
        ([("chest", 0), ("pain", 2.5)], " _", ["chest", "pain"]),
        # a Latin space between Han letters is narrow, but nothing beside it is as wide
        ([("病历", 0), ("姓名", 2.2)], " _", ["病历", "姓名"]),
        # letter-spaced Han text: the same gap everywhere
        ([("病", 0), ("程", 2.2), ("记", 2.2), ("录", 2.2)], " ___", ["病程记录"]),
        # a word processor's room between Han and Latin, on the whole page
        ([("近", 0), ("3", 2.0), ("年共", 2.0), ("2", 2.0), ("次", 2.0)], " ____", ["近3年共2次"]),
        # one such gap where the others are closed is a space
        ([("号", 0), ("26", 0), ("号", 0), ("27", 0), ("科室", 2.2)], "    _", ["号26号27", "科室"]),
    ],
)
def test_where_words_end(runs: list[tuple[str, float]], guessed: str, want: list[str]) -> None:
    assert texts(letters(*runs, guessed=guessed)) == want


def test_a_space_printed_before_a_word_is_told() -> None:
    words = words_of(letters(("肌酐", 0), (" 108", 0)), lambda number: Style(SIZE, False, 0.0))
    assert [word.spaced for word in words] == [False, True]


def test_another_baseline_is_another_word() -> None:
    line = letters(("10", 0), ("9", 0), ("/L", 0))
    line.boxes[2, [1, 3]] -= 4
    assert texts(line) == ["10", "9", "/L"]


def test_letters_struck_twice_are_bold() -> None:
    line = letters(("诊", 0), ("诊", -9.7), ("断", -0.3), ("断", -9.7))
    (word,) = words_of(line, lambda number: Style(SIZE, False, 0.0))
    assert (word.text, word.bold) == ("诊断", True)


def test_repeated_digits_are_not_struck_twice() -> None:
    assert texts(letters(("1100", 0))) == ["1100"]


@given(st.lists(st.tuples(st.sampled_from(["肌", "A", "7", "，", "↑"]), st.floats(0, 40)), min_size=1, max_size=40))
def test_every_letter_comes_out_once_with_its_box(placed: list[tuple[str, float]]) -> None:
    line = letters(*placed)
    words = words_of(line, lambda number: Style(SIZE, False, 0.0))
    assert "".join(word.text for word in words) == "".join(letter for letter, _ in placed)
    assert [right for word in words for right in word.rights] == pytest.approx(line.boxes[:, 2].tolist())
    assert all(word.x0 <= word.rights[0] and word.x1 == max(word.rights) for word in words)
