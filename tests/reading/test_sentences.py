"""Where sentences end in Chinese and English clinical text."""

import pytest

from emr_rerank.reading.sentence_ends import split

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
