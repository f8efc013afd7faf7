"""English records put together from sections: their sentences, their parts, and how they print."""

import json
from pathlib import Path

import pytest

from benchmarks.real import looks, mts
from benchmarks.real.check import problems
from benchmarks.real.dataset import Gold, RealQuestion, RealRecord, load_questions
from benchmarks.real.render import LAYOUTS, render_all
from benchmarks.real.sets import SETS
from emr_rerank import read_record

TEXT = "Seen by Dr. Who at 7 a.m. today.  Any pain?  1.  Asthma, 36.5 C.  2.  Gout since 1999."


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        (TEXT, ["Seen by Dr. Who at 7 a.m. today.", "Any pain?", "1.  Asthma, 36.5 C.", "2.  Gout since 1999."]),
        ('He said "I limp."  Then fell.', ['He said "I limp."', "Then fell."]),
        ("Tramadol p.r.n. for pain. None else.\nCough", ["Tramadol p.r.n. for pain.", "None else.", "Cough"]),
        ("  \n ", []),
    ],
)
def test_english_sentences(text: str, sentences: list[str]) -> None:
    assert [text[start:end] for start, end in mts.sentence_spans(text)] == sentences


def test_a_record_is_put_together_from_numbered_lines(tmp_path: Path) -> None:
    texts = ["None.", " Cough.\n", "Gout."]
    (tmp_path / mts.DATA_FILE).write_text("\n".join(json.dumps({"section": "CC", "text": text}) for text in texts))
    compositions = tmp_path / "records.jsonl"
    compositions.write_text('{"id": "r", "parts": {"CHIEF COMPLAINT": [2], "PAST MEDICAL HISTORY": [3, 1]}}\n')
    assert mts.held_out_lines(compositions) == {1, 2, 3}
    (record,) = mts.load_records(tmp_path, compositions)
    assert record.sections == {"CHIEF COMPLAINT": "Cough.", "PAST MEDICAL HISTORY": "Gout.\nNone."}


def test_without_the_data_it_stops_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        mts.load_records(tmp_path)
    assert stopped.value.code == 2
    assert mts.DATA_FILE in capsys.readouterr().err


def test_every_question_points_into_a_part_of_its_record() -> None:
    parts = {composition.id: composition.parts for composition in mts.load_compositions()}
    questions = load_questions(mts.QUESTIONS)
    assert len(questions) >= 120
    for question in questions:
        assert {gold.part for gold in question.gold} <= parts[question.record].keys()
        assert bool(question.gold) != (question.status == "insufficient_evidence")


def test_nearly_all_answers_stand_where_no_training_group_comes_from() -> None:
    unseen = {"HISTORY OF PRESENT ILLNESS", "INTERVAL HISTORY", "EMERGENCY DEPARTMENT COURSE", "LABORATORY DATA"}
    answered = [question for question in load_questions(mts.QUESTIONS) if question.gold]
    assert sum(any(gold.part in unseen for gold in question.gold) for question in answered) >= 0.85 * len(answered)


@pytest.mark.parametrize(
    ("end", "question", "found"),
    [
        (32, "Pain?", []),
        (31, "Pain?", ["HPI 0:31 is no sentence"]),
        (32, "Seen by Dr. Who at 7 a.m. today?", ["28 characters in a row are the record's own words"]),
    ],
)
def test_the_checker_holds_english_offsets(end: int, question: str, found: list[str]) -> None:
    record = RealRecord(id="r", sections={"HPI": TEXT})
    asked = RealQuestion(
        id="q-001",
        record="r",
        sha256=record.sha256,
        question=question,
        kind="symptom",
        status="answered",
        gold=(Gold(part="HPI", start=0, end=end),),
    )
    assert list(problems(asked, {"r": record}, SETS["mts-en"])) == found


@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_english_record_prints_whole_words_under_its_headings(layout: str, tmp_path: Path) -> None:
    words = "unremarkable ophthalmoscopy " * 12
    record = RealRecord(id="r", sections={"CHIEF COMPLAINT": "Cough.", "MEDICATIONS": words.strip() + "."})
    pdf = render_all((record,), layout, tmp_path, looks.ENGLISH)["r"]
    read = read_record(pdf)
    assert read.language == "en"
    assert read.text.count("unremarkable") == read.text.count("ophthalmoscopy") == 12
    assert [node.code for section in read.sections for node in section.walk() if node.title.isupper()][-2:] == [
        "chief_complaint",
        "medication_record",
    ]
