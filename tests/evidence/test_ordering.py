"""In which order proven sentences answer where no value decides, and what is no answer at all."""

import json
from pathlib import Path

import pytest

from emr_rerank.errors import ModelError
from emr_rerank.evidence.choice import Chooser
from emr_rerank.evidence.ordering import SHIPPED, SIGNS, order_weights
from emr_rerank.evidence.understand import understand
from emr_rerank.record import Assertion, Sentence
from emr_rerank.settings import Settings
from tests.evidence.test_times import MIN_SCORE, STAY, fact, sentence


def order(question: str, lines: list[Sentence], scores: list[float], denied: tuple[int, ...] = ()) -> list[int]:
    assertions: list[Assertion] = ["absent" if line.index in denied else "present" for line in lines]
    choice = Chooser(understand(question), lines, [], assertions, Settings(), STAY).choose(scores, MIN_SCORE)
    return [item.sentence for item in choice.kept]


def test_the_chief_item_of_a_list_comes_first_whatever_its_words() -> None:
    lines = [
        sentence(i, text, "discharge_diagnosis") for i, text in enumerate(["1.急性心肌梗死", "2.高血压病诊断明确"])
    ]
    assert order("出院诊断是什么", lines, [0.66, 0.99]) == [0, 1]
    assert order("主要诊断", lines, [0.66, 0.99]) == [0, 1]


@pytest.mark.parametrize(("question", "first"), [("出院时还咳嗽吗", 1), ("入院时咳嗽吗", 0)])
def test_the_asked_end_of_the_stay_comes_first(question: str, first: int) -> None:
    lines = [sentence(0, "咳嗽3天。", "present_illness"), sentence(1, "无咳嗽。", "discharge_condition")]
    assert order(question, lines, [0.9, 0.9], (1,))[0] == first


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("肺结节多大", "结节大小约8mm。"),
        ("阿司匹林剂量多少", "阿司匹林100mg qd。"),
        ("骨折在哪一侧", "左侧股骨颈骨折。"),
        ("右手几处伤口", "右手可见2处伤口。"),
    ],
)
def test_what_shows_the_amount_or_side_comes_first(question: str, answer: str) -> None:
    vague = {"肺": "肺部见结节。", "阿": "继续阿司匹林治疗。", "骨": "骨折诊断明确。", "右": "右手伤口换药。"}[
        question[0]
    ]
    assert order(question, [sentence(0, vague), sentence(1, answer)], [0.97, 0.95])[0] == 1


def test_a_number_of_units_is_needed_or_a_denial() -> None:
    lines = [sentence(0, "纠正贫血：输血。"), sentence(1, "输红细胞悬液2U。"), sentence(2, "未输血。")]
    assert set(order("输了几个单位红细胞", lines, [0.99, 0.9, 0.9], (2,))) == {1, 2}


@pytest.mark.parametrize("text", ["入院后查血常规、血培养、心电图。", "检验项目：血培养 标本：血", "标本送血培养。"])
def test_an_ordered_test_is_no_result(text: str) -> None:
    assert order("血培养结果如何", [sentence(0, text)], [0.99]) == []


def test_past_matters_come_first_where_the_past_is_asked_for() -> None:
    lines = [sentence(0, "今日行阑尾切除术。", "operation_note"), sentence(1, "10年前行胆囊切除术。", "past_history")]
    assert order("以前做过手术吗", lines, [0.95, 0.9])[0] == 1


def test_scores_that_are_sure_no_longer_outweigh_the_place() -> None:
    lines = [sentence(0, "血培养已送检回报待查。", "orders"), sentence(1, "血培养阴性。", "lab_report")]
    assert order("做血培养了吗", lines, [0.999999, 0.9992])[0] == 1


@pytest.mark.parametrize(
    ("question", "text", "kept"),
    [
        ("血常规正常吗", "血常规未见异常。", True),
        ("肌酐高吗", "肌酐升高。", True),
        ("肌酐最高多少", "肌酐升高。", False),
        ("肌酐高吗", "拟复查肌酐。", False),
        ("术后肌酐高吗", "肌酐升高。", False),
    ],
)
def test_a_finding_told_in_words_answers_where_no_value_does(question: str, text: str, kept: bool) -> None:
    assert bool(order(question, [sentence(0, text)], [0.9])) is kept


def test_a_value_of_the_asked_analyte_of_another_time_is_no_finding_in_words() -> None:
    old = fact(0, 158.0, notes=("other_stay",))
    line = sentence(0, "去年肌酐158μmol/L，升高。", "past_history")
    chooser = Chooser(understand("肌酐高吗"), [line], [old], ["historical"], Settings(), STAY)
    assert chooser.choose([0.9], MIN_SCORE).kept == ()


def test_words_of_one_language_bind_nothing_in_a_text_of_the_other() -> None:
    line = sentence(0, "患者吞咽顺利，进食可。")
    assert order("How well does he tolerate solids?", [line], [0.9]) == [0]
    assert order("Did she receive teicoplanin?", [line], [0.8]) == []


@pytest.mark.parametrize(
    ("question", "text", "score", "kept"),
    [
        ("有没有咳嗽", "患者呛咳不止。", 0.9, True),  # a symptom goes by many words
        ("有没有咳嗽", "患者腹部平坦。", 0.4, False),
        ("用过华法林吗", "阿司匹林100mg qd。", 0.9, False),  # a drug goes by its name, a disease mostly
        ("有没有糖尿病", "高血压病史10年。", 0.8, False),
        ("头颅CT结果", "胸部CT未见异常。", 0.8, False),
        ("铊浓度多少", "患者精神可。", 0.9, False),  # what is measured must be named
    ],
)
def test_what_may_be_said_in_other_words(question: str, text: str, score: float, kept: bool) -> None:
    assert bool(order(question, [sentence(0, text)], [score])) is kept


def test_no_shipped_sign_turns_into_its_opposite() -> None:
    assert len(order_weights()) == len(SIGNS) and order_weights().min() >= 0


def test_a_file_that_lacks_a_sign_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "ordering.json"
    shipped = json.loads(SHIPPED.read_text(encoding="utf-8"))
    del shipped["weights"]["time"]
    file.write_text(json.dumps(shipped), encoding="utf-8")
    with pytest.raises(ModelError, match="order of evidence belong to another version"):
        order_weights(file)
