"""Fragments → how the marked mention is asserted. The mention stands in «»."""

import pytest

from emr_rerank.facts.context import assertion_of, assertion_of_terms, sentence_assertion

FRAGMENTS = [
    ("无发热、咳嗽、«咳痰»，无心悸", "absent"),
    ("无发热、咳嗽，«胸闷»、气短", "absent"),
    ("无«发热»", "absent"),
    ("无发热，«咳嗽»明显", "present"),
    ("无发热，«白细胞»12.1*10^9/L", "present"),
    ("无发热，但有«咳嗽»", "present"),
    ("无胸痛，伴«恶心»、呕吐", "present"),
    ("否认«高血压»、糖尿病史", "absent"),
    ("否认高血压、«糖尿病»史", "absent"),
    ("否认肝炎、«结核»等传染病史，否认外伤史", "absent"),
    ("否认肝炎史，有«青霉素»过敏史", "present"),
    ("否认高血压病史，«糖尿病»5年", "present"),
    ("无明显诱因出现«胸痛»", "present"),
    ("无诱因«咯血»", "present"),
    ("双下肢«乏力»，无力行走", "present"),
    ("行无痛胃镜检查示«胃溃疡»", "present"),
    ("经休息后«胸痛»无缓解", "present"),
    ("双肺未闻及«干湿啰音»", "absent"),
    ("腹部未触及«包块»，«肝»", None),
    ("未见«骨折»征象", "absent"),
    ("头颅CT未见明显«异常»", "absent"),
    ("«墨菲征»阴性", "absent"),
    ("«病理征»未引出", "absent"),
    ("«HIV抗体»(-)", "absent"),
    ("«肺栓塞»已排除", "absent"),
    ("排除«肺栓塞»", "absent"),
    ("«肺炎»不除外", "possible"),
    ("不除外«肺炎»", "possible"),
    ("不能排除«心肌梗死»", "possible"),
    ("«转移»待排", "possible"),
    ("考虑«肺部感染»", "possible"),
    ("«肺部感染»可能性大", "possible"),
    ("疑似«肠梗阻»", "possible"),
    ("«肝硬化»？", "possible"),
    ("如出现«发热»及时就诊", "conditional"),
    ("若«出血»加重，急诊手术", "conditional"),
    ("必要时行«气管切开»", "conditional"),
    ("既往有«高血压»", "historical"),
    ("10年前行«阑尾切除术»", "historical"),
    ("曾患«肺结核»", "historical"),
    ("去年诊断«糖尿病»", "historical"),
    ("既往体健，现«发热»", "present"),
    ("父亲患«高血压»", "family"),
    ("母亲有«糖尿病»病史", "family"),
    ("家族中无«糖尿病»患者", "family"),
    ("其兄死于«胃癌»，患者无不适", "family"),
    ("是否«过敏»", "conditional"),
    ("非小细胞«肺癌»", "present"),
    ("反复«胸闷»3年，加重2天", "present"),
    ("查体：«心脏杂音»未闻及", "absent"),
    ("外伤史：无；«输血史»：无", "absent"),
    ("家属诉患者«跌倒»", "present"),
    ("denies «fever», chills, or cough", "absent"),
    ("denies fever, chills, or «cough»", "absent"),
    ("denies fever or cough but has «dyspnea»", "present"),
    ("No evidence of «pneumonia».", "absent"),
    ("«Pulmonary embolism» was ruled out.", "absent"),
    ("No change in her «pneumonia»", "present"),
    ("Gram negative «bacteremia»", "present"),
    ("Cannot exclude «pneumonia»", "possible"),
    ("«Malignancy» cannot be excluded", "possible"),
    ("possible «appendicitis»", "possible"),
    ("Return if «fever» recurs", "conditional"),
    ("history of «stroke»", "historical"),
    ("«Stroke» five years ago", "historical"),
    ("Mother had «breast cancer».", "family"),
    ("Patient presents with «chest pain», no dyspnea.", "present"),
    ("no chest pain, has «dyspnea»", "present"),
    ("without «nausea», vomiting or diarrhea", "absent"),
    ("History of present illness: «cough» for two days", "present"),
    ("No «fever». «Cough»", None),
    ("药物过敏： 无  «血型»： B型", "present"),
    ("药物过敏： 无 «血型»： B型", "present"),
    ("«药物过敏»： 无 血型： B型", "absent"),
    ("药物过敏：无\t«血型»：B型", "present"),
    ("手术史：无   «输血史»：2次", "present"),
    ("«手术史»：否认  输血史：2次", "absent"),
    ("无发热，«体温»：36.5℃", "present"),
    ("否认 肝炎、«结核»", "absent"),
    ("Allergies: no «Blood type»: B", "present"),
    ("«Allergies»: none  Blood type: B", "absent"),
    ("有«布洛芬»服药史，否认肝炎", "present"),
    ("其母今晨«血糖»15.1mmol/L", "family"),
    ("由其妻送入院，«血糖»15.1mmol/L", "present"),
    ("其父体健，今日«血糖»15.1mmol/L", "present"),
    ("口唇无发绀，咽部«充血»，双扁桃体无肿大", "present"),
    ("头颅无畸形，头皮广泛«触痛»", "present"),
    ("耻骨上膀胱区无肿胀，«压痛»", "absent"),
    ("否认高血压，糖尿病，«心脏病»病史", "absent"),
    ("否认患有传染病、«高血压»、冠心病", "absent"),
    ("门诊以«前列腺增生»收入院", "present"),
    ("«头颅CT»未见异常", "present"),
    ("«胸腔积液»未见", "absent"),
    ("患者缘于20年前因受凉出现«咳嗽»", "present"),
    ("20年前因«肺炎»住院", "historical"),
    ("2010年因«骨折»行手术", "historical"),
    ("完善术前准备于3月16日行«关节置换术»", "present"),
    ("急诊以«腹痛»待查收入院", "present"),
    ("«肺癌»待查", "possible"),
    ("疼痛不向«腰部放射»", "absent"),
    ("无意识障碍，«呕吐»", "absent"),
    ("无«意识障碍»", "absent"),
    ("无«尿频»、尿急", "absent"),
    ("无«水肿»", "absent"),
    ("«无尿»12小时", "present"),
    ("无«并发症»", "absent"),
    ("压痛(+)«反跳痛»(-)", "absent"),
    ("«压痛»(+)反跳痛(-)", "present"),
    ("«急性胆囊炎»：右上腹痛，患者无此体征，暂不支持。", "absent"),
    ("应用抗生素预防«感染»", "conditional"),
    ("给予抗炎药预防感染等«对症治疗»", "present"),
    ("给予抗生素预防«感染»等对症治疗", "conditional"),
    ("警惕«再出血»", "conditional"),
    ("拟行«冠脉造影»", "conditional"),
    ("门诊拟“«肺炎»”收入院", "possible"),
    ("注意有无«黑便»", "conditional"),
    ("«饮酒»20年，已戒5年", "historical"),
    ("未规律«服药»", "present"),
    ("未«输血»", "absent"),
    ("未排气，«腹胀»", "present"),
    ("母亲代诉患儿«发热»", "present"),
    ("患者之子«发热»", "family"),
    ("家族性«高胆固醇血症»", "present"),
    ("近期有口服«华法林»史", "present"),
    ("有«胃癌»家族史", "family"),
    ("压痛无，«移动性浊音»阳性", "present"),
    ("无压痛，«反跳痛»(+)", "present"),
    ("否认输血史，«青霉素»过敏", "present"),
    ("«肺栓塞»可以排除", "absent"),
    ("基本排除«肺结核»", "absent"),
    ("待血小板恢复后行«骨穿»", "conditional"),
    ("«发热»已退", "absent"),
    ("今日上午曾«头痛»", "present"),
    ("无法排除«肺癌»", "possible"),
    ("«肺癌»无法排除", "possible"),
    ("«咳嗽»没有明显好转", "present"),
    ("不«吸烟»，饮酒少量", "absent"),
    ("不吸烟，«饮酒»少量", "present"),
    ("Unable to exclude «pneumonia»", "possible"),
    ("w/o «fever»", "absent"),
    ("«双相障碍»：有家族史，但无情感高涨", "present"),
    ("既往及家族史：有«头孢»过敏史", "present"),
    ("胃癌：有家族史，需«胃镜»排除", "present"),
    ("no numbness, «tingling» or other concerning symptoms", "absent"),
    ("no rash, or palpable «rib pain»", "absent"),
    ("«He» denied vertigo", "present"),
    ("previously seen on June 2, 2024 for «cellulitis»", "historical"),
    ("«Delirium» has resolved", "absent"),
    ("There is no «new consolidation».", "absent"),
    ("Recommend «MRI» of the liver", "conditional"),
    ("«SIADH» vs. hypovolemia", "possible"),
    ("Her daughter reports «confusion»", "present"),
    ("Mother denies that the patient had «seizures».", "absent"),
    ("母亲否认患儿«抽搐»", "absent"),
    ("家属拒绝«气管插管»", "absent"),
]


@pytest.mark.parametrize(
    ("marked", "expected"), [row for row in FRAGMENTS if row[1]], ids=lambda value: str(value)[:40]
)
def test_assertion_of_a_mention(marked: str, expected: str) -> None:
    start = marked.index("«")
    end = marked.index("»") - 1
    text = marked.replace("«", "").replace("»", "")
    assert assertion_of(text, start, end, "present_illness")[0] == expected


def test_the_rule_that_decided_is_named() -> None:
    assert assertion_of("否认高血压", 2, 5, "past_history") == ("absent", "context.zh.denied")
    assert assertion_of("高血压10年", 0, 3, "past_history") == ("historical", "context.default.past_history")
    assert assertion_of("高血压10年", 0, 3, "family_history") == ("family", "context.default.family_history")
    assert assertion_of("高血压10年", 0, 3, "present_illness") == ("present", None)


@pytest.mark.parametrize(
    ("section", "marked", "expected"),
    [
        ("family_history", "Brother healthy; no «sudden death».", "family"),
        ("past_history", "对«青霉素»过敏。", "present"),
        ("past_history", "有«青霉素»过敏史。", "present"),
        ("past_history", "He is allergic to «codeine».", "present"),
        ("past_history", "目前口服«氨氯地平»。", "present"),
        ("past_history", "否认«药物过敏»史。", "absent"),
        ("differential_diagnosis", "«肺栓塞»：突发胸痛。", "possible"),
        ("informed_consent", "术中«大出血»。", "conditional"),
    ],
)
def test_what_a_section_speaks_of(section: str, marked: str, expected: str) -> None:
    start, end = marked.index("«"), marked.index("»") - 1
    assert assertion_of(marked.replace("«", "").replace("»", ""), start, end, section)[0] == expected


def test_a_scope_ends_with_its_sentence() -> None:
    text = "No fever. Cough for two days"
    assert assertion_of(text, 3, 8, "")[0] == "absent"
    assert assertion_of(text, 10, 15, "")[0] == "present"


@pytest.mark.parametrize(
    ("text", "section", "expected"),
    [
        ("否认药物过敏史。", "past_history", "absent"),
        ("无发热、咳嗽、咳痰。", "present_illness", "absent"),
        ("无发热，咳嗽好转。", "progress_note", "present"),
        ("过敏史：无。", "allergy_history", "absent"),
        ("青霉素过敏。", "allergy_history", "present"),
        ("高血压病10年。", "past_history", "historical"),
        ("父亲患高血压。", "family_history", "family"),
        ("肺炎不除外。", "progress_note", "possible"),
        ("肌酐由72↑至108μmol/L", "progress_note", "present"),
        ("No known drug allergies.", "allergy_history", "absent"),
        ("Denies fever, chills, or cough.", "present_illness", "absent"),
        ("既往高血压病20年，否认糖尿病、冠心病史；", "case_features", "historical"),
        ("对头孢曲松过敏（皮疹），无食物过敏史。", "past_history", "present"),
        ("无发热，考虑肺炎。", "progress_note", "possible"),
        ("手术名称：末端回肠预防性造口术", "operation_note", "present"),
        ("术中输悬浮红细胞2U，无输血反应。", "operation_note", "present"),
        ("His parents are both concerned because he had a fever of 103.", "present_illness", "present"),
        ("The parents have noted transient left exotropia.", "present_illness", "present"),
        ("Her husband has been hauling corn and this aggravates the asthma.", "present_illness", "present"),
        ("Her mother had breast cancer.", "present_illness", "family"),
        ("His father has been diagnosed with lung cancer.", "present_illness", "family"),
        ("Chest x-ray ordered by the physician is unremarkable.", "auxiliary_exam", "present"),
    ],
)
def test_assertion_of_a_sentence(text: str, section: str, expected: str) -> None:
    assert sentence_assertion(text, section) == expected


@pytest.mark.parametrize(
    ("text", "terms", "expected"),
    [
        ("腹痛伴恶心，无胸痛、咯血。", ["咯血"], "absent"),
        ("腹痛伴恶心，无胸痛、咯血。", ["恶心"], "present"),
        ("有布洛芬服药史，否认肝炎。", ["布洛芬", "肝炎"], "present"),
        ("有布洛芬服药史，否认肝炎。", ["肝炎"], "absent"),
        ("无自杀计划。", ["自杀计划"], "absent"),
        ("否认自杀观念，无自杀计划。", ["自杀"], "absent"),
        ("无自杀计划，有自杀观念。", ["自杀"], "present"),
        ("查CK-MB 25U/L。", ["CK"], None),
        ("过敏史：否认药物及食物过敏", ["过敏"], "absent"),
        ("过敏史：青霉素过敏", ["过敏"], "present"),
        ("过敏史：无", ["过敏"], "absent"),
        ("过敏史：否认药物及食物过敏", ["过敏史"], "absent"),
        ("药物过敏：无 血型：B型", ["药物过敏"], "absent"),
        ("药物过敏：无 血型：B型", ["血型"], "present"),
        ("手术史：阑尾切除术", ["手术"], "present"),
        ("No cough but has dyspnea.", ["Cough"], "absent"),
        ("肺炎不除外。", ["咳嗽", "肺炎"], "possible"),
        ("肺炎不除外。", ["咳嗽"], None),
        ("肺炎不除外。", [], None),
        ("肺炎不除外。", [" "], None),
    ],
)
def test_assertion_of_what_was_asked(text: str, terms: list[str], expected: str | None) -> None:
    assert assertion_of_terms(text, terms, "present_illness") == expected
