"""Question → understanding, as tables."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emr_rerank.evidence.terms import ANALYTE, lexicon
from emr_rerank.evidence.understand import content, question_terms, understand

# question, analytes it must ask for, shape, window, day
VALUES = [
    ("肌酐较入院时有何变化？", ["creatinine"], "change", None, None),
    ("肌酐有什么变化", ["creatinine"], "change", None, None),
    ("血红蛋白的变化趋势", ["hemoglobin"], "change", None, None),
    ("白细胞怎么变化的", ["wbc"], "change", None, None),
    ("血钾升高了多少", ["potassium"], "change", None, None),
    ("肌酐较前下降了吗", ["creatinine"], "change", None, None),
    ("肌酐最高是多少？", ["creatinine"], "highest", None, None),
    ("血红蛋白峰值", ["hemoglobin"], "highest", None, None),
    ("血钾最低多少", ["potassium"], "lowest", None, None),
    ("最近一次血糖", ["glucose"], "last", None, None),
    ("首次肌钙蛋白I结果", ["troponin_i"], "first", None, None),
    ("入院时肌酐是多少？", ["creatinine"], "value", "admission", None),
    ("入院白蛋白多少", ["albumin"], "value", "admission", None),
    ("出院时血红蛋白多少？", ["hemoglobin"], "value", "discharge", None),
    ("出院前血钠", ["sodium"], "value", "discharge", None),
    ("3月5日的白蛋白是多少？", ["albumin"], "value", None, "--03-05"),
    ("2026-03-05 血钾", ["potassium"], "value", None, "2026-03-05"),
    ("2026年3月5日血钾多少", ["potassium"], "value", None, "2026-03-05"),
    ("凝血酶原时间是多少？", ["pt"], "value", None, None),
    ("肝功能怎么样？", ["alt", "ast", "total_bilirubin"], "value", None, None),
    ("肾功能", ["creatinine", "urea"], "value", None, None),
    ("血常规结果", ["wbc", "hemoglobin", "platelet"], "value", None, None),
    ("电解质有没有异常", ["potassium", "sodium"], "yes_no", None, None),
    ("凝血功能如何", ["pt", "aptt", "d_dimer"], "value", None, None),
    ("糖化血红蛋白多少", ["hba1c"], "value", None, None),
    ("PCT最高是多少", ["procalcitonin"], "highest", None, None),
    ("尿蛋白阳性吗", ["urine_protein"], "yes_no", None, None),
    ("How did creatinine change during the stay?", ["creatinine"], "change", None, None),
    ("creatinine trend", ["creatinine"], "change", None, None),
    ("Did the potassium rise?", ["potassium"], "change", None, None),
    ("What was the highest potassium?", ["potassium"], "highest", None, None),
    ("hemoglobin nadir", ["hemoglobin"], "lowest", None, None),
    ("latest CRP", ["crp"], "last", None, None),
    ("What was the first troponin I?", ["troponin_i"], "first", None, None),
    ("Hemoglobin at discharge", ["hemoglobin"], "value", "discharge", None),
    ("What was the creatinine on admission?", ["creatinine"], "value", "admission", None),
    ("admission creatinine", ["creatinine"], "value", "admission", None),
    ("What was the creatinine on March 5?", ["creatinine"], "value", None, "--03-05"),
    ("sodium on 5 March 2026", ["sodium"], "value", None, "2026-03-05"),
    ("albumin on 3/7", ["albumin"], "value", None, "--03-07"),
    ("How were the liver enzymes?", ["alt", "ast"], "value", None, None),
]


@pytest.mark.parametrize(("text", "analytes", "shape", "window", "day"), VALUES)
def test_questions_about_values(
    text: str, analytes: list[str], shape: str, window: str | None, day: str | None
) -> None:
    asked = understand(text)
    assert set(analytes) <= set(asked.analytes)
    assert "lab" in asked.kinds
    assert (asked.shape, asked.window, asked.day) == (shape, window, day)
    assert asked.anchors == (), "a value proves itself"
    assert "lab_report" in asked.sections


# question, shape, a form of each anchor group, first sections
MATTERS = [
    ("患者有没有药物过敏？", "yes_no", ["过敏"], ["allergy_history"]),
    ("对青霉素过敏吗", "yes_no", ["青霉素", "过敏"], []),
    ("有胸痛吗？", "yes_no", ["胸痛"], ["chief_complaint"]),
    ("患者为什么住院？", "value", ["主诉"], ["chief_complaint"]),
    ("因为什么来院的", "value", ["主诉"], ["chief_complaint"]),
    ("出院诊断是什么？", "value", ["出院诊断"], ["discharge_diagnosis"]),
    ("入院诊断有哪些", "list", ["入院诊断"], ["admission_diagnosis"]),
    ("出院带药有哪些？", "list", ["出院带药"], ["discharge_medication"]),
    ("出院带什么药", "list", ["出院带药"], ["discharge_medication"]),
    ("什么时候做的手术？", "date", ["手术"], ["operation_note"]),
    ("做过冠脉支架吗？", "yes_no", ["支架"], ["operation_note"]),
    ("用过阿哌沙班吗", "yes_no", ["阿哌沙班"], ["discharge_medication"]),
    ("有没有用过维莫非尼", "yes_no", ["维莫非尼"], []),
    ("患者吸烟吗？", "yes_no", ["吸烟"], ["personal_history"]),
    ("父亲有没有糖尿病？", "yes_no", ["父亲", "糖尿病"], ["family_history"]),
    ("入院血压是多少", "value", ["血压"], ["physical_exam"]),
    ("体温最高多少度？", "highest", ["体温"], ["physical_exam"]),
    ("头颅CT结果如何？", "value", ["头颅", "CT"], ["auxiliary_exam"]),
    ("病理结果是什么？", "value", ["病理"], ["pathology_report"]),
    ("麻醉方式？", "value", ["麻醉方式"], ["operation_note"]),
    ("血型是什么", "value", ["血型"], ["blood_transfusion"]),
    ("左室射血分数多少", "value", ["LVEF"], ["imaging_report"]),
    ("有没有地中海贫血", "yes_no", ["贫血"], []),
    ("一共输了几个单位红细胞", "value", ["输血"], ["blood_transfusion"]),
    ("出院后要注意什么", "value", ["出院医嘱"], ["discharge_orders"]),
    ("Any drug allergy?", "yes_no", ["过敏"], ["allergy_history"]),
    ("Is the patient allergic to penicillin?", "yes_no", ["过敏", "青霉素"], ["allergy_history"]),
    ("Why was the patient admitted?", "value", ["主诉"], ["chief_complaint"]),
    ("What are the discharge medications?", "list", ["出院带药"], ["discharge_medication"]),
    ("Did the patient undergo cholecystectomy?", "yes_no", ["胆囊切除"], ["operation_note"]),
    ("When was the surgery performed?", "date", ["手术"], ["operation_note"]),
    ("Does the patient smoke?", "yes_no", ["吸烟"], ["personal_history"]),
    ("Has the patient ever had a stroke?", "yes_no", ["卒中"], []),
    ("Did she receive teicoplanin?", "yes_no", ["teicoplanin"], []),
    ("What antibiotics were given?", "list", ["抗生素"], ["discharge_medication"]),
    ("What was the ejection fraction?", "value", ["射血分数"], ["imaging_report"]),
]


@pytest.mark.parametrize(("text", "shape", "anchors", "sections"), MATTERS)
def test_questions_about_matters(text: str, shape: str, anchors: list[str], sections: list[str]) -> None:
    asked = understand(text)
    assert asked.shape == shape
    assert len(asked.anchors) == len(anchors)
    for form in anchors:
        assert any(any(form in written for written in group) for group in asked.anchors), form
    assert list(asked.sections[: len(sections)]) == sections


def test_a_denial_of_all_drugs_answers_for_one() -> None:
    [drug] = [group for group in understand("对青霉素过敏吗").anchors if "青霉素" in group]
    assert "药物" in drug and "NKDA" in drug
    [alone] = understand("用过青霉素吗").anchors
    assert "药物" not in alone


@pytest.mark.parametrize("text", ["有没有幻觉或妄想", "有无幻觉、妄想", "Any hallucinations or delusions?"])
def test_things_joined_by_or_make_one_group(text: str) -> None:
    [group] = understand(text).anchors
    assert {"幻觉", "妄想"} <= set(group)


@pytest.mark.parametrize("text", ["出院后复查的肌酐是多少？", "What was the creatinine after discharge?"])
def test_after_the_stay_binds_to_words_no_value_of_the_stay_has(text: str) -> None:
    asked = understand(text)
    assert asked.analytes == ("creatinine",)
    assert asked.concepts == ("concept.after_stay",)
    assert any("出院后复查" in group for group in asked.anchors)


@pytest.mark.parametrize("text", ["肌酐升高的原因是什么", "Why did the creatinine rise?"])
def test_why_a_value_changed_is_not_a_question_for_values(text: str) -> None:
    assert understand(text).analytes == ()


@pytest.mark.parametrize("text", ["2月30日的肌酐", "13月5日肌酐", "creatinine on 2026-02-30"])
def test_a_day_that_does_not_exist_is_no_day(text: str) -> None:
    assert understand(text).day is None


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("肌酐最高是多少？", "question.zh.extreme_high"),
        ("3月5日血钾", "question.zh.day_short"),
        ("患者为什么住院？", "question.zh.why_admitted"),
        ("Why was she admitted?", "question.en.why_admitted"),
        ("peak creatinine", "question.en.extreme_high"),
    ],
)
def test_the_rules_that_fired_are_named(text: str, rule: str) -> None:
    assert rule in understand(text).rules


@pytest.mark.parametrize(("text", "language"), [("肌酐", "zh"), ("CT结果", "zh"), ("creatinine?", "en"), ("?", "en")])
def test_language(text: str, language: str) -> None:
    assert understand(text).language == language


def test_content_leaves_the_wording_out() -> None:
    assert content("请问患者住院期间有没有用过维莫非尼？").text.strip("？") == "维莫非尼"
    assert set(question_terms("Has the patient ever received zyxomab?")) == {"zyxomab"}
    assert set(question_terms("肌酐是多少")) == {ANALYTE + "creatinine"}
    assert question_terms("Scr?") == question_terms("肌酐？") == question_terms("creatinine")


@given(st.text(max_size=60))
def test_any_text_is_understood_as_something(text: str) -> None:
    asked = understand(text)
    assert asked.text == text
    assert all(form for group in asked.anchors for form in group)


@pytest.mark.parametrize(
    ("question", "shape", "form"),
    [
        ("最低血压是多少", "lowest", "收缩压"),
        ("最高血压", "highest", "收缩压"),
        ("住院期间最高体温", "highest", "体温"),
        ("有高血压吗", "yes_no", "高血压"),
    ],
)
def test_the_extreme_of_a_vital_sign_is_no_disease(question: str, shape: str, form: str) -> None:
    asked = understand(question)
    assert asked.shape == shape
    assert [form in group for group in asked.anchors] == [True]


@pytest.mark.parametrize(
    ("question", "concept"),
    [
        ("怎么来的，什么症状", "chief_complaint"),
        ("发病多久了", "chief_complaint"),
        ("病程多长", "chief_complaint"),
        ("什么时候复查？", "discharge_orders"),
        ("下次什么时候来", "discharge_orders"),
        ("When to come back?", "discharge_orders"),
        ("术中所见？", "operative_findings"),
        ("Intraoperative findings", "operative_findings"),
        ("术式", "operation"),
        ("是不是耐药菌", "drug_sensitivity"),
        ("NIHSS几分", "nihss"),
        ("Braden score", "braden"),
        ("有没有不良反应", "adverse_reaction"),
        ("转到哪个科了", "transfer"),
        ("病危了吗", "critical_illness"),
        ("What does she do for a living?", "occupation"),
        ("狭窄到多少", "stenosis"),
        ("怎么治的", "hospital_course"),
        ("Cause of death?", "death"),
        ("出院是几号", "discharge_date"),
    ],
)
def test_colloquial_and_terse_wordings(question: str, concept: str) -> None:
    assert f"concept.{concept}" in understand(question).concepts


def test_what_only_tells_a_time_is_not_the_matter() -> None:
    assert understand("手术前凝血功能").concepts == ("concept.coagulation",)
    assert understand("术后状况").concepts == () and not understand("术后状况").unresolved
    assert understand("胆囊切除术后血红蛋白").concepts == ()


def test_what_is_treated_need_not_be_named() -> None:
    assert understand("骨盆骨折采取的什么治疗").concepts == ("concept.treatment",)
    assert understand("胆囊切除后怎么治疗").relation == "after"


@pytest.mark.parametrize(
    ("question", "loose"),
    [("What is the HIV status?", False), ("HTLV怎么样？", False), ("Was he wearing glasses?", True)],
)
def test_an_abbreviation_that_nothing_knows_binds(question: str, loose: bool) -> None:
    assert understand(question).loose is loose


@pytest.mark.parametrize(
    ("question", "shape"),
    [
        ("Wrist fracture, when?", "date"),
        ("When was the surgery?", "date"),
        ("Surgery date?", "date"),
        ("Laminectomy, what date?", "date"),
        ("手术哪天", "date"),
        ("手术日期", "date"),
        ("What happens when she gets contrast?", "value"),
    ],
)
def test_dates_asked_for_in_short_forms(question: str, shape: str) -> None:
    assert understand(question).shape == shape


@pytest.mark.parametrize(
    ("question", "told", "untold"),
    [
        ("Wrist fracture, when?", "She broke her wrist in March of 2007.", "She broke her wrist."),
        ("When was the laminectomy?", "3 years ago he had a laminectomy.", "He underwent a C6-T1 laminectomy."),
        ("What date was the laminectomy?", "Laminectomy on 9/25/92.", "2. Laminectomy."),
        ("Lasix, how many mg?", "Lasix 40 mg daily.", "She takes Lasix as needed."),
        ("What dose of Lasix?", "Lasix 40 mg daily.", "She takes Lasix as needed."),
        ("How many children does she have?", "She has two children.", "Her children are healthy."),
        ("How much relief from the block?", "About 50% relief.", "She had an L4-5 block."),
        ("What percent impairment?", "He was rated at 12 percent.", "He smokes 2 packs a day."),
        ("How long has she had the rash?", "The rash began 3 weeks ago.", "She has a rash."),
        ("How often do the seizures occur?", "Seizures occur weekly.", "She has seizures."),
        ("T-score on DEXA?", "T-score of -2.1.", "DEXA showed osteopenia."),
        ("Tmax?", "He had a fever of 103.", "Mom noticed a tactile temperature."),
        ("Peak flow?", "Peak flow was 300.", "Good respiratory effort."),
        ("When was the surgery?", "2025年3月行手术。", "行手术治疗。"),
        ("什么时候停的吸氧", "停吸氧，SpO297%。", "吸氧2L/min。"),
        ("为什么停用华法林", "INR 5.2，华法林停用。", "口服华法林。"),
        ("Which testis is it?", "Left testicular mass.", "Testicular mass."),
        ("哪侧睾丸", "右侧睾丸肿大。", "睾丸肿大。"),
        ("1975 ankle surgery, left or right?", "He had a right ankle resection.", "He had an ankle resection."),
        ("Exact WBC?", "WBC 13.2.", "An elevated white count."),
        ("How many yrs has he smoked?", "He has smoked for 20 years.", "He smokes two packs of cigarettes."),
        ("Strength of the ibuprofen tablets?", "Ibuprofen 400 mg p.r.n.", "Ibuprofen p.r.n."),
        ("How many times has she been pregnant?", "She is G4, P3.", "She is pregnant."),
        ("How high was the fall?", "He fell from three to five feet.", "He fell from a ladder."),
    ],
)
def test_what_the_answer_must_show(question: str, told: str, untold: str) -> None:
    needed = understand(question).must_show
    assert needed and all(re.search(pattern, told, re.IGNORECASE) for pattern in needed)
    assert not all(re.search(pattern, untold, re.IGNORECASE) for pattern in needed)


@pytest.mark.parametrize(
    "question",
    [
        "Was the dose of Lasix increased?",
        "Any medication changes?",
        "What happens when she runs?",
    ],
)
def test_other_questions_insist_on_no_amount(question: str) -> None:
    assert understand(question).must_show == ()


@pytest.mark.parametrize(
    ("question", "loose"),
    [
        ("Who got blamed for it?", True),
        ("Is the airway still clean at the scene?", True),
        ("On anything for the sinuses right now?", True),
        ("Belching?", False),
        ("JAK2?", False),
    ],
)
def test_only_short_questions_bind_to_words_that_nothing_knows(question: str, loose: bool) -> None:
    assert understand(question).loose is loose


def test_a_verb_is_no_enzyme() -> None:
    assert understand("What got better?").analytes == ()
    assert understand("How high was the GOT?").analytes == ("ast",)
    assert understand("How much relief from the L4 block?").analytes == ()


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("有晕厥吗", "No LOC at the scene."),
        ("末次月经", "LMP two weeks ago."),
        ("有高血压吗", "HTN, DM and CAD."),
        ("便血吗", "She noticed BRBPR."),
        ("气短吗", "She has DOE and PND."),
        ("恶心吗", "No N/V."),
        ("反酸吗", "GERD, on Prilosec."),
        ("尿常规", "UA was negative."),
        ("感冒了吗", "Seen for a URI."),
        ("有深静脉血栓吗", "DVT of the left leg."),
        ("做过放疗吗", "He received 5040 cGy to his brain."),
        ("骨折过吗", "She fell and broke her wrist."),
        ("用过抗组胺药吗", "He takes Zyrtec."),
        ("什么诊断", "Impression: gastroenteritis."),
    ],
)
def test_a_chinese_question_meets_the_abbreviations_of_english_notes(chinese: str, english: str) -> None:
    assert set(understand(chinese).concepts) & lexicon().concepts.named(english)


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("She will see Dr. Smith.", "concept.xray"),
        ("She has one child.", "concept.child_pugh"),
        ("The temporal lobe is atrophic.", "concept.right_lower_lung"),
        ("The affected side was cleaned.", "concept.mood"),
        ("In contrast, she feels well.", "concept.contrast_agent"),
        ("He began to sob.", "concept.dyspnea"),
    ],
)
def test_words_and_titles_that_only_look_like_a_concept(text: str, concept: str) -> None:
    assert concept not in lexicon().concepts.named(text)


@pytest.mark.parametrize(
    ("question", "rule"),
    [
        ("How long is the chest wound?", "question.en.shows_size"),
        ("Scars above the knee: how many and how long?", "question.en.shows_size"),
        ("How long was the drain left in?", "question.en.shows_duration"),
        ("Mouth ulcers for how long?", "question.en.shows_duration"),
    ],
)
def test_how_long_is_a_length_of_wounds_and_a_time_of_all_else(question: str, rule: str) -> None:
    lengths = {"question.en.shows_size", "question.en.shows_duration"}
    assert lengths & set(understand(question).rules) == {rule}


@pytest.mark.parametrize(
    ("question", "period", "day"),
    [
        ("Cervical MRI in August 93, findings?", "1993-08", None),
        ("MRI of Oct '04", "2004-10", None),
        ("95年10月复查磁共振什么结果", "1995-10", None),
        ("16年3月的肌酐", "2016-03", None),
        ("MRI of 8/31/93", None, "1993-08-31"),
        ("creatinine on Oct 04", None, "--10-04"),
        ("the October 04 MRI", "2004-10", None),
        ("creatinine in October 04, 2026", None, "2026-10-04"),
    ],
)
def test_years_in_two_digits(question: str, period: str | None, day: str | None) -> None:
    asked = understand(question)
    assert (asked.period, asked.day, asked.unresolved) == (period, day, False)


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("Circumcision date?", "包皮环切是哪天做的"),
        ("Date of cystolithotripsy?", "碎石是哪天做的"),
        ("Any scars?", "有没有瘢痕"),
        ("Was a tetanus shot given?", "破伤风打了吗"),
        ("Hepatomegaly?", "肝大吗"),
        ("Final diagnosis", "最后诊断"),
        ("What did the fluoroscopy show?", "胸透结果"),
    ],
)
def test_english_terms_mean_what_chinese_records_call_them(english: str, chinese: str) -> None:
    assert understand(english).concepts == understand(chinese).concepts != ()


def test_before_at_the_end_asks_for_the_past() -> None:
    assert understand("Seizures before?").past and not understand("Hemoglobin before discharge").past


@pytest.mark.parametrize("question", ["手指疼比刚来时好些了吗？", "较入院时减轻了吗"])
def test_who_compares_with_admission_asks_for_a_change(question: str) -> None:
    asked = understand(question)
    assert (asked.shape, asked.window) == ("change", None)


def test_the_drug_for_a_high_value_is_no_value_and_the_weight_at_birth_not_that_of_today() -> None:
    assert understand("入院血压那么高，用了什么降压药？").analytes == ()
    assert understand("出生体重多少？").concepts == ("concept.birth_weight",)
    assert understand("小姑娘怎么伤的？").concepts == ("concept.mechanism",)


@pytest.mark.parametrize("question", ["What tests still have to be done?", "还有哪些检查没做？"])
def test_what_is_left_to_do_can_be_asked_without_naming_it(question: str) -> None:
    assert not understand(question).unresolved
