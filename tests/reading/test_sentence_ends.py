"""Where sentences end in Chinese and English clinical text."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emr_rerank.reading.sentence_ends import pipeline, split

CASES = [
    ("患者好转。继续治疗！有无不适？无", ["患者好转。", "继续治疗！", "有无不适？", "无"]),
    ("T36.0℃P80次/分R18次/分BP150/90mmHg。神清。", ["T36.0℃P80次/分R18次/分BP150/90mmHg。", "神清。"]),
    ("白细胞数12.18*10^9/L；血红蛋白94.0g/L。", ["白细胞数12.18*10^9/L；", "血红蛋白94.0g/L。"]),
    ("于2016-10-29；11：12入院。", ["于2016-10-29；11：12入院。"]),
    ("CT示：1、胰腺渗出；2.胆管扩张；3.胆总管增宽", ["CT示：1、胰腺渗出；", "2.胆管扩张；", "3.胆总管增宽"]),
    ("予头孢（皮试阴性。已签字）静点。", ["予头孢（皮试阴性。已签字）静点。"]),
    ("考虑阑尾炎？，双肾未见异常。", ["考虑阑尾炎？，双肾未见异常。"]),
    ("既往体健.否认过敏史.", ["既往体健.", "否认过敏史."]),
    ("好转。；。", ["好转。；。"]),
    ("钾3.2mmol/L，2天后复查。", ["钾3.2mmol/L，2天后复查。"]),
    ("He is stable. BP 150/93 mmHg. No fever.", ["He is stable.", "BP 150/93 mmHg.", "No fever."]),
    ("Seen by Dr. Reed at 10 a.m. today. Plan unchanged.", ["Seen by Dr. Reed at 10 a.m. today.", "Plan unchanged."]),
    ("Potassium 3.2 mmol/L. Pneumonia treated.", ["Potassium 3.2 mmol/L.", "Pneumonia treated."]),
    ("1. Aspirin 81 mg daily.", ["1. Aspirin 81 mg daily."]),
    ("1. 0.9% sodium chloride 1 litre.", ["1. 0.9% sodium chloride 1 litre."]),
    ("3．患者起病急．既往体健．", ["3．患者起病急．", "既往体健．"]),
    ("Is there pain? No.", ["Is there pain?", "No."]),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_split(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in split(text)] == expected


def test_white_space_is_in_no_sentence() -> None:
    text = "  好转。  出院。 "
    assert [text[start:end] for start, end in split(text)] == ["好转。", "出院。"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("诊断：1.肺炎2.高血压3级3.2型糖尿病", ["诊断：1.肺炎", "2.高血压3级", "3.2型糖尿病"]),
        ("CT示L4.椎体滑脱", ["CT示L4.椎体滑脱"]),
        ("诊断：①贫血②心房颤动", ["诊断：①贫血", "②心房颤动"]),
        ("诊断：1）贫血2）低钾血症", ["诊断：1）贫血", "2）低钾血症"]),
        ("No chest pain. T36.5℃，心肺无异常", ["No chest pain.", "T36.5℃，心肺无异常"]),
        ("1患者女40岁2既往体健3  患者缘于1天前摔伤", ["1患者女40岁", "2既往体健", "3  患者缘于1天前摔伤"]),
        ("双肺音粗。，心率80次/分。", ["双肺音粗。", "心率80次/分。"]),
        ("HR 88, RR 18. HEENT: normal.", ["HR 88, RR 18.", "HEENT: normal."]),
        ("Seen on March 10. Will start heparin.", ["Seen on March 10.", "Will start heparin."]),
        ("Labs: Cr. 1.1, Wt. 72.5 kg.", ["Labs: Cr. 1.1, Wt. 72.5 kg."]),
        (
            "Seen by 王医师, who found no fever. Lungs are clear.",
            ["Seen by 王医师, who found no fever.", "Lungs are clear."],
        ),
        ("一般情况可,咳嗽少.BP 120/80 mmHg.", ["一般情况可,咳嗽少.", "BP 120/80 mmHg."]),
    ],
)
def test_split_of_untidy_text(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in split(text)] == expected


@pytest.mark.parametrize(("text", "expected"), CASES[:6])
def test_the_spacy_component_splits_alike(text: str, expected: list[str]) -> None:
    assert [sentence.text.strip() for sentence in pipeline("zh")(text).sents] == expected


@given(st.lists(st.sampled_from('发热无咳嗽1234567890.。；;，,、:：（）()?？ \tabcABC/-"”'), max_size=60).map("".join))
def test_sentences_are_in_order_and_leave_out_no_word(text: str) -> None:
    spans = split(text)
    assert all(start < end for start, end in spans)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    covered = "".join(text[start:end] for start, end in spans)
    assert [sign for sign in covered if sign.isalnum()] == [sign for sign in text if sign.isalnum()]
