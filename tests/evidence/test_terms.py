from pathlib import Path

import pytest

from emr_rerank.errors import RuleError
from emr_rerank.evidence.anchors import AnchorCheck
from emr_rerank.evidence.days import same_day
from emr_rerank.evidence.passage import passage, split_passage
from emr_rerank.evidence.terms import holds_form, lexicon, surface_terms
from emr_rerank.evidence.understand import understand
from emr_rerank.record import Record


def test_surface_terms() -> None:
    assert surface_terms("肌酐108 Nodules") == ["108", "nodule", "肌酐"]
    assert surface_terms("右肺结节") == ["右肺", "肺结", "结节"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("血肌酐 108", "serum creatinine 1.2"),
        ("Scr 108", "肌酐升高"),
        ("氯吡格雷 75mg", "clopidogrel 75 mg"),
        ("房颤", "atrial fibrillation"),
        ("咳嗽", "productive cough"),
    ],
)
def test_two_names_of_one_matter_share_a_term(one: str, other: str) -> None:
    assert set(lexicon().meanings(one)) & set(lexicon().meanings(other))


@pytest.mark.parametrize(
    ("one", "other"), [("尿肌酐 8000", "肌酐 72"), ("肌酸激酶 120", "肌酐 72"), ("糖化血红蛋白 8%", "血红蛋白 130")]
)
def test_lookalikes_share_none(one: str, other: str) -> None:
    assert not set(lexicon().analytes_in(one)) & set(lexicon().analytes_in(other))


@pytest.mark.parametrize(
    ("text", "form", "held"),
    [
        ("右肺下叶见一结节", "右肺结节", True),
        ("口服利伐沙班10mg", "阿哌沙班", False),
        ("口服阿哌沙班2.5mg", "阿哌沙班", True),
        ("Pulmonary nodules", "nodule", True),
        ("CRP 12", "CR", False),
        ("given vemurafenib.", "Vemurafenib", True),
        ("未见静脉曲张，食管黏膜光滑", "食管静脉曲张", True),
    ],
)
def test_holding_a_form(text: str, form: str, held: bool) -> None:
    assert holds_form(text, form) is held


@pytest.mark.parametrize(
    ("question", "proving"),
    [
        ("对青霉素过敏吗", {"否认药物过敏史。", "患者对青霉素过敏，床头已挂标识。"}),
        ("对海鲜过敏吗", {"否认药物过敏史。"}),
        ("有胸痛吗", {"患者今日无胸痛，夜间睡眠可。"}),
        ("Does the patient have hypertension?", {"高血压病史10年。", "2.高血压病3级"}),
        ("出院诊断？", {"1.冠状动脉粥样硬化性心脏病", "2.高血压病3级"}),
        ("用过华法林吗", set()),
        ("血压多少", {"T36.5℃P80次/分R18次/分BP150/90mmHg。"}),
        ("患者为什么住院", {"主诉：反复胸闷气促3年，加重1周。"}),
    ],
)
def test_which_sentences_speak_of_the_matter(record: Record, question: str, proving: set[str]) -> None:
    check = AnchorCheck(understand(question).anchors)
    assert {sentence.text for sentence in record.sentences if check.holds(sentence)} == proving


@pytest.mark.parametrize(
    ("date", "day", "same"),
    [
        ("2026-03-05", "2026-03-05", True),
        ("2026-03-05T08:00", "--03-05", True),
        ("2025-03-05", "2026-03-05", False),
        ("2026-03-15", "--03-05", False),
        (None, "--03-05", False),
    ],
)
def test_same_day(date: str | None, day: str, same: bool) -> None:
    assert same_day(date, day) is same


def test_a_passage_carries_its_titles_and_gives_them_back(record: Record) -> None:
    shown = passage(record.sentences[0])
    assert shown == "入院记录 › 主诉 | 主诉：反复胸闷气促3年，加重1周。"
    assert split_passage(shown) == ("入院记录 › 主诉", "主诉：反复胸闷气促3年，加重1周。")
    assert split_passage("plain text") == ("", "plain text")
    assert "\t" not in passage(record.sentences[6])


def test_a_class_names_analytes_that_there_are(tmp_path: Path) -> None:
    assert "total_t3" in understand("甲功怎么样").analytes  # reading the shipped rules checks them all
    own = "rules:\n  - {id: concept.own, group: class, forms: [某功], kinds: [lab], analytes: [tsh, t9]}\n"
    (tmp_path / "concepts.yaml").write_text(own, encoding="utf-8")
    with pytest.raises(RuleError, match="'t9' is no analyte"):
        lexicon(tmp_path)
