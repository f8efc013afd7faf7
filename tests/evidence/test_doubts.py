"""What doubts cost, and the file that says so."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from emr_rerank.errors import ModelError
from emr_rerank.evidence.calibration import log_odds
from emr_rerank.evidence.choice import Chooser
from emr_rerank.evidence.doubts import DOUBTS, SHIPPED, doubt_costs
from emr_rerank.evidence.judging import VETO_CEILING, Verdict
from emr_rerank.evidence.understand import understand
from emr_rerank.findings import Fact, Medication
from emr_rerank.record import Assertion, Sentence
from emr_rerank.settings import Settings

LINE = Sentence(
    index=0, start=0, end=2, text="胸痛", section_code="other", section_path=(), page=1, bbox=(0, 0, 1, 1), date=None
)


def verdict_on(
    text: str, asked: str, code: str = "other", assertion: Assertion = "present", facts: Sequence[Fact] = ()
) -> Verdict:
    """The verdict on one sentence in a section of the code."""
    line = LINE.model_copy(update={"text": text, "end": len(text), "section_code": code})
    (verdict,) = Chooser(understand(asked), [line], facts, [assertion], Settings()).verdicts
    return verdict


def test_no_shipped_doubt_lifts_a_score_and_a_missing_name_costs_more_than_a_missing_word() -> None:
    costs = doubt_costs().costs
    assert set(costs) == set(DOUBTS)
    assert min(costs.values()) >= 0 and costs["unnamed"] > costs["loose"]


def test_doubts_add_up_in_log_odds_and_a_floor_holds() -> None:
    doubted = Verdict(LINE, "present", True, frozenset({"unnamed", "loose"}))
    expected = log_odds(0.9) - doubt_costs().costs["unnamed"] - doubt_costs().costs["loose"]
    assert log_odds(doubted.scored(0.9, 0.65).score) == pytest.approx(expected)
    assert Verdict(LINE, "present", True, frozenset({"loose"}), floor=0.7).scored(0.1, 0.65).score == 0.7


@pytest.mark.parametrize(
    ("asked", "text", "lacks"),
    [
        ("肿块多大", "右乳外上象限扪及一肿块。", True),
        ("肿块多大", "右乳肿块约2cm×1cm。", False),
        ("住院前腿肿了多久", "双下肢水肿。", True),
        ("住院前腿肿了多久", "Leg swelling for about six months.", False),
        ("Size of the lump?", "右乳外上象限扪及一肿块。", True),
        ("Size of the lump?", "Lump of 2 cm in the right breast.", False),
    ],
)
def test_what_is_asked_for_must_show_in_either_language(asked: str, text: str, lacks: bool) -> None:
    verdict = verdict_on(text, asked)
    assert ("unshown" in verdict.doubts) == lacks


@pytest.mark.parametrize(
    ("asked", "text", "allowed", "doubted"),
    [
        ("静点的哪一种抗生素", "给予静点抗生素。", False, False),
        ("静点的哪种抗生素", "给予静点头孢曲松。", True, False),
        ("静点的哪种抗生素", "给予静点抗生素，口服健脾八珍颗粒。", True, True),
        ("Which antibiotic was he given?", "He was placed on antibiotics.", False, False),
        ("Which antibiotic was he given?", "He was placed on amoxicillin.", True, False),
        ("Were antibiotics given?", "He was placed on antibiotics.", True, False),
        ("为什么用抗生素", "给予静点抗生素。", True, False),
    ],
)
def test_a_class_of_drugs_does_not_name_one(asked: str, text: str, allowed: bool, doubted: bool) -> None:
    verdict = verdict_on(text, asked, "hospital_course")
    assert (verdict.allowed, "classed" in verdict.doubts) == (allowed, doubted)


def test_a_heading_for_two_histories_tells_nothing_of_the_family() -> None:
    text = "4、既往及家族史：既往体健，否认药物及食物过敏史。"
    assert not verdict_on(text, "父母有没有过敏性疾病", "past_history").allowed
    assert verdict_on("家族史：父亲患哮喘。", "父母有没有过敏性疾病", "family_history", "family").allowed


@pytest.mark.parametrize(
    ("asked", "text", "lacks"),
    [
        ("右肩拍片有骨折吗？", "DR检查回报：右肘关节，右肩关节，右髋关节未见异常改变。", False),
        ("右肩拍片有骨折吗？", "DR检查回报：右肘关节未见异常改变。", True),
        ("右肩拍片什么样的骨折？", "DR检查回报：右肩关节未见异常改变。", True),
    ],
)
def test_an_examination_that_rules_all_out_need_not_name_the_finding(asked: str, text: str, lacks: bool) -> None:
    doubts = verdict_on(text, asked, "auxiliary_exam").doubts
    assert bool(doubts & {"nameless", "unnamed"}) == lacks


@pytest.mark.parametrize(
    ("asked", "drug", "text", "lacks"),
    [
        ("曲马多每次多少毫克", "tramadol", "Citalopram 10 mg daily; low dose tramadol as needed.", True),
        ("Tramadol dose in mg?", "tramadol", "Citalopram 10 mg daily; low dose tramadol as needed.", True),
        ("Tramadol dose in mg?", "tramadol", "Tramadol 50 mg as needed.", False),
        ("Cefoxitin dose?", "cefoxitin", "头孢西丁钠2.0静点 2/日。", False),
        ("Why was tramadol given?", "tramadol", "Citalopram 10 mg daily; low dose tramadol as needed.", False),
    ],
)
def test_another_drugs_dose_is_none_of_the_one_asked_for(asked: str, drug: str, text: str, lacks: bool) -> None:
    at = next(text.index(name) for name in ("tramadol", "Tramadol", "头孢西丁") if name in text)
    fact = Fact(
        kind="medication", name=drug, display=drug, value=drug, page=1, start=at, end=at + 4, sentence=0,
        text=text[at : at + 4], details=Medication(status="ordered"),
    )  # fmt: skip
    verdict = verdict_on(text, asked, facts=[fact])
    assert verdict.allowed and ("unshown" in verdict.doubts) == lacks


@pytest.mark.parametrize(
    ("asked", "text", "allowed"),
    [
        ("口腔科会诊怎么说", "完善检查，邀请口腔科会诊，给予静点抗生素。", False),
        ("口腔科会诊怎么说", "口腔科会诊，建议择期拔牙。", True),
        ("请口腔科会诊了吗", "完善检查，邀请口腔科会诊，给予静点抗生素。", True),
        ("What did psychiatry say?", "We recommended that she see a psychiatrist.", False),
        ("What did psychiatry say?", "Psychiatry was consulted and advised sertraline.", True),
        ("B超发现什么", "入院后完善检查，查血尿常规，B超，给予静点抗生素治疗。", False),
        ("B超发现什么", "入院后查血尿常规，B超未见异常，给予静点抗生素治疗。", True),
    ],
)
def test_who_is_asked_to_come_and_what_is_ordered_have_said_nothing_yet(asked: str, text: str, allowed: bool) -> None:
    verdict = verdict_on(text, asked, "hospital_course")
    assert verdict.allowed == allowed


@pytest.mark.parametrize(
    ("asked", "text", "code", "doubted"),
    [
        ("Hernia repaired before?", "给予右侧腹股沟斜疝修补。", "hospital_course", True),
        ("Hernia repaired before?", "既往行疝修补。", "hospital_course", False),
        ("Hernia repaired before?", "曾行右侧腹股沟斜疝修补。", "past_history", False),
        ("Prior belly surgery?", "行阑尾切除术。", "hospital_course", True),
        ("Hernia repaired?", "给予右侧腹股沟斜疝修补。", "hospital_course", False),
    ],
)
def test_what_is_done_during_the_stay_is_not_the_past(asked: str, text: str, code: str, doubted: bool) -> None:
    verdict = verdict_on(text, asked, code)
    assert ("this_stay" in verdict.doubts) == doubted


@pytest.mark.parametrize(
    ("asked", "text", "doubted"),
    [
        ("What operation was proposed?", "建议行股骨头置换术。", False),
        ("What operation was done?", "建议行股骨头置换术。", True),
        ("建议做什么手术", "建议行股骨头置换术。", False),
        ("用什么药预防惊厥", "口服地西泮防止抽搐。", False),
    ],
)
def test_a_plan_answers_who_asks_for_one(asked: str, text: str, doubted: bool) -> None:
    verdict = verdict_on(text, asked, "hospital_course", "conditional")
    assert verdict.allowed and ("not_yet" in verdict.doubts) == doubted


@pytest.mark.parametrize(
    ("asked", "text", "allowed", "doubts"),
    [
        ("Was a hernia repair done?", "行阑尾切除术。", True, {"nameless", "instead"}),
        ("Which antibiotic was given?", "口服阿司匹林。", True, {"nameless", "instead"}),
        ("Was he given metoprolol?", "口服阿司匹林。", False, set()),
        ("Head CT result?", "胸部X线片未见异常。", False, set()),
    ],
)
def test_another_operation_may_be_the_one_asked_for_but_no_other_drug(
    asked: str, text: str, allowed: bool, doubts: set[str]
) -> None:
    verdict = verdict_on(text, asked, "hospital_course")
    assert verdict.allowed == allowed
    assert doubts - verdict.doubts == set()


@pytest.mark.parametrize(("text", "listed"), [("Acne.", True), ("He has urinated this morning.", False)])
def test_a_bare_item_of_a_list_is_doubted_and_a_short_sentence_is_none(text: str, listed: bool) -> None:
    assert ("listed" in verdict_on(text, "今天有尿吗？", "past_history").doubts) == listed


def test_an_undated_sentence_of_another_time_is_doubted_and_a_dated_one_out() -> None:
    asked = understand("3月5日查体如何？")
    undated = LINE.model_copy(update={"text": "查体无异常。", "end": 6, "section_code": "progress_note", "date": None})
    dated = undated.model_copy(update={"index": 1, "date": "2026-03-02"})
    first, second = Chooser(asked, [undated, dated], (), ["present", "present"], Settings()).verdicts
    assert first.allowed and "other_time" in first.doubts
    assert not second.allowed


@pytest.mark.parametrize("asked", ["What kind of reaction to cipro?", "环丙沙星过敏是什么反应"])
def test_an_allergy_without_its_reaction_does_not_tell_the_reaction(asked: str) -> None:
    lines = [
        LINE.model_copy(update={"text": text, "section_code": "allergy_history"})
        for text in ("Ciprofloxacin.", "Ciprofloxacin: hives.")
    ]
    bare, told = Chooser(understand(asked), lines, [], ["present"] * 2, Settings()).verdicts
    assert told.allowed and not bare.allowed


def test_without_a_doubt_the_score_stays_and_what_is_disproved_stays_below_the_threshold() -> None:
    assert Verdict(LINE, "present", True).scored(0.42, 0.65).score == 0.42
    assert Verdict(LINE, "present", False).scored(0.99, 0.65).score == VETO_CEILING
    assert Verdict(LINE, "present", False).scored(0.99, 0.2).score == 0.1


@pytest.mark.parametrize(
    "content", ["", "[]", '{"costs": {"unnamed": 1.0}, "questions": 3}', '{"costs": {"new": 1.0}, "questions": 3}']
)
def test_a_wrong_file_is_an_error_that_says_what_to_do(tmp_path: Path, content: str) -> None:
    file = tmp_path / "doubts.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ModelError, match="doubts"):
        doubt_costs(file)


def test_the_shipped_file_names_what_it_was_fitted_on() -> None:
    assert json.loads(SHIPPED.read_text(encoding="utf-8"))["questions"] > 1000


@pytest.mark.parametrize(
    ("asked", "text", "code", "allowed"),
    [
        ("血型", "血症", "present_illness", False),
        ("有没有肺炎", "肺炎", "discharge_diagnosis", True),
        ("以前身体怎么样", "体健。", "past_history", True),
    ],
)
def test_a_cut_off_word_proves_only_what_it_names(asked: str, text: str, code: str, allowed: bool) -> None:
    assert verdict_on(text, asked, code).allowed == allowed


def test_a_second_film_is_told_as_one_and_the_day_of_a_removal_is_told() -> None:
    assert "unshown" in verdict_on("胸部正位片示：两肺纹理增粗。", "Did a second chest X-ray clear?").doubts
    assert "unshown" not in verdict_on("复查胸部正位片示：两肺纹理清晰。", "Did a second chest X-ray clear?").doubts
    assert not verdict_on("已拔出尿管，排尿通畅。", "导尿管具体几号拿掉的？").allowed
    assert verdict_on("术后第2天拔出尿管。", "导尿管具体几号拿掉的？").allowed


@pytest.mark.parametrize(
    ("text", "code", "doubted"),
    [
        ("双下肢无水肿，肌力正常。", "physical_exam", True),
        ("左肘关节屈伸活动可。", "physical_exam", False),
        ("双下肢无水肿，肌力正常。", "hospital_course", False),
    ],
)
def test_a_line_of_the_examination_that_names_nothing_asked_for_is_doubted(text: str, code: str, doubted: bool) -> None:
    assert ("other_sign" in verdict_on(text, "胳膊肘现在能弯了吗", code).doubts) == doubted
