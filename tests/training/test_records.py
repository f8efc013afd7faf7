"""Short records written for training: each line is one of three kinds, and a held-out record is never trained on."""

import random
from pathlib import Path

import pytest

from emr_rerank.evidence.passage import split_passage
from training.record_groups import MOST_POSITIVES, group, groups_of, proofs_and_rest, split, whole
from training.records import FOLDER, Asked, ShortRecord, read_file

TEXT = """=== zh | 内科
1 入院记录 › 现病史 | 咳嗽3天。
2 入院记录 › 既往史 | 否认药物过敏。
3 今日复查血钾4.0mmol/L。
Q 咳了多久？ = 1
Q Any drug allergy? = 2 ~ 3
Q 血钠是多少 = 0

=== zh | 外科
1 手术记录 | 术中出血约50ml。
Q 出血多不多 = 1
"""


@pytest.fixture()
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a_01.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_a_file_is_read(file: Path) -> None:
    first, second = read_file(file)
    assert (first.name, len(first.passages), len(second.passages)) == ("a_01: zh | 内科", 3, 1)
    assert first.questions == (
        Asked("咳了多久？", (0,), ()), Asked("Any drug allergy?", (1,), (2,)), Asked("血钠是多少", (), ()),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("1 a | b", ":1: a record begins with ==="),
        ("=== zh\n2 a | b", ":2: sentence 2 is out of place"),
        ("=== zh\n1 a\nQ b = 1\n2 c", ":4: sentence 2 is out of place"),
        ("=== zh\n1 a\nQ b = 2", ":3: a number names no sentence"),
        ("=== zh\n1 a\nQ b = 1 ~ 1", ":3: a number names no sentence, or is given twice"),
        ("=== zh\n1 a\nQ b", ":3: neither a sentence nor a question"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, told: str) -> None:
    path = tmp_path / "bad.txt"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(ValueError, match=f"bad.txt{told}"):
        read_file(path)


def test_doubtful_sentences_are_neither_proof_nor_negative(file: Path) -> None:
    record, _ = read_file(file)
    proofs, rest = proofs_and_rest(record.passages, record.questions[1])
    assert proofs == ["入院记录 › 既往史 | 否认药物过敏。"]
    assert rest == ["入院记录 › 现病史 | 咳嗽3天。"]


def test_groups_keep_to_their_record_and_lose_titles_at_most(file: Path) -> None:
    record, _ = read_file(file)
    chance = random.Random(3)
    texts = {split_passage(passage)[1] for passage in record.passages}
    for _ in range(60):
        made = group(record, record.questions[0], chance)
        assert made["question"] in ("咳了多久？", "咳了多久")
        assert [split_passage(passage)[1] for passage in made["positives"]] == ["咳嗽3天。"]
        assert {split_passage(passage)[1] for passage in made["negatives"]} == texts - {"咳嗽3天。"}


def test_a_question_in_the_other_language_is_glossed_at_times(file: Path) -> None:
    record, _ = read_file(file)
    chance = random.Random(3)
    asked = {group(record, record.questions[1], chance)["question"].rstrip("?") for _ in range(40)}
    assert asked == {"Any drug allergy", "Any drug allergy (药物过敏史)"}


def test_a_sentence_that_goes_on_from_another_is_shown_with_its_clause() -> None:
    texts = ("Course | CT of the head showed no bleed.", "Course | It was normal.", "Plan | Home.")
    record = ShortRecord("a: en", texts, (Asked("Head CT result?", (0, 1), ()),))
    assert whole(record, record.questions[0])["positives"][1] == (
        "Course › CT of the head showed no bleed | It was normal."
    )
    made = [group(record, record.questions[0], random.Random(seed)) for seed in range(200)]
    assert {split_passage(text)[0] for each in made for text in each["positives"] if "normal" in text} == {
        "Course › CT of the head showed no bleed", "Course", "CT of the head showed no bleed", "",
    }  # fmt: skip


def test_a_file_may_ask_about_passages_known_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "mts_1.txt"
    path.write_text("=== note-1\nQ Smoker? = 2\n", encoding="utf-8")
    (record,) = read_file(path, {"note-1": ["HPI | Cough.", "SOCIAL HISTORY | Never smoked."]})
    assert record.passages[1] == "SOCIAL HISTORY | Never smoked." and record.questions[0].proofs == (1,)
    with pytest.raises(ValueError, match=r"mts_1\.txt:2: a number names no sentence"):
        read_file(path)


def test_the_last_record_of_a_file_is_held_out() -> None:
    trained, held = split(FOLDER)
    assert len(held) == len(list(FOLDER.glob("*.txt")))
    assert not {record.passages for record in trained} & {record.passages for record in held}


def test_the_shipped_records_make_sound_groups() -> None:
    trained, held = split(FOLDER)
    questions = [asked for record in (*trained, *held) for asked in record.questions]
    assert len(trained) > 500 and len(questions) > 13_000
    assert 0.2 < sum(not asked.proofs for asked in questions) / len(questions) < 0.4
    chinese = sum(not asked.text.isascii() for asked in questions) / len(questions)
    assert 0.5 < chinese < 0.8
    for made in groups_of(trained, random.Random(1)):
        assert len(made["positives"]) <= MOST_POSITIVES and made["negatives"]
        assert not set(made["positives"]) & set(made["negatives"])
