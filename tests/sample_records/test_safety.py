"""Questions that a careless search answers with another day's, stay's or person's value."""

import pytest

from tests.sample_records.test_answers import asker, record

Value = float | str | None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "question", "first"),
    [
        ("kidney-zh", "3月4日肌酐", 312.0),
        ("kidney-zh", "入院时血压", "168/98"),
        ("kidney-zh", "父亲的肌酐是多少？", 300.0),
        ("kidney-zh", "potassium before admission", 4.6),
        ("allergy-zh", "去年白细胞", 16.8),
        ("gi-bleed-zh", "2024年血红蛋白", 151.0),
        ("gi-bleed-zh", "最低血压是多少？", "82/50"),
        ("pneumonia-zh", "2025年3月空腹血糖", 7.9),
        ("pneumonia-zh", "入院前白细胞", 13.4),
        ("pneumonia-zh", "最低血糖是多少？", 3.4),
        ("hip-fracture-zh", "5年前血红蛋白", 122.0),
        ("ketoacidosis-en", "potassium in October 2024", 5.1),
        ("ketoacidosis-en", "What was the glucose on admission?", 31.4),
        ("ketoacidosis-en", "highest temperature", 38.2),
        ("angina-mixed", "LDL-C 2024年", 3.92),
    ],
)
def test_the_value_is_the_one_asked_for(name: str, question: str, first: Value) -> None:
    answer = asker().ask(record(name), question)
    assert answer.status == "answered"
    assert answer.facts[0].value == first
    assert str(first).removesuffix(".0") in answer.message


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "question"),
    [
        ("kidney-zh", "对青霉素过敏吗"),  # only sulfonamides are spoken of
        ("kidney-zh", "昨天肌酐"),
        ("psychiatry-zh", "出院时体温？"),  # the last one is two weeks older
        ("psychiatry-zh", "锂浓度是多少？"),
        ("ketoacidosis-en", "Is she allergic to penicillin?"),
        ("angina-mixed", "allergic to aspirin?"),
    ],
)
def test_what_the_record_does_not_say_is_refused(name: str, question: str) -> None:
    answer = asker().ask(record(name), question)
    assert answer.status == "insufficient_evidence"
    assert not answer.facts and not answer.trends


@pytest.mark.slow
def test_a_series_belongs_to_the_patient_and_the_stay() -> None:
    assert asker().ask(record("kidney-zh"), "父亲的肌酐是多少？").trends == ()
    assert asker().ask(record("kidney-zh"), "2025年11月出院时肌酐").trends == ()
    (trend,) = asker().ask(record("ketoacidosis-en"), "How did the glucose change?").trends
    assert (trend.first, trend.last, trend.direction) == (31.4, 7.6, "down")


@pytest.mark.slow
def test_the_assertion_is_that_of_the_matter_asked() -> None:
    answer = asker().ask(record("gi-bleed-zh"), "用过布洛芬吗？")
    shown = [item for item in answer.evidence if "布洛芬服药史" in item.text]
    assert shown and all(item.assertion != "absent" for item in shown), "the denial is of hepatitis"
