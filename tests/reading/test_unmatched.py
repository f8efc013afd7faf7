"""Lines that look like headings and opened nothing, and those that do not look so."""

from pathlib import Path

import pytest

from emr_rerank.reading.build import build_record
from emr_rerank.reading.unmatched import unmatched_headings
from tests.reading.printed_pages import line, page, read


def found(*texts: str, rules: Path | None = None) -> list[tuple[str, str]]:
    record = build_record("r", read(page(*texts)), rules)
    return [(one.text, one.reason) for one in unmatched_headings(record, rules)]


@pytest.mark.parametrize(
    ("text", "shown", "reason"),
    [
        ("营养评估：良好", "营养评估：良好", "sections.zh.label_hint"),
        ("【心理状态】平稳", "【心理状态】平稳", "sections.any.bracketed_hint"),
        ("床旁记事记录", "床旁记事记录", "sections.zh.title_hint"),
        ("SPIRITUAL NEEDS: none", "SPIRITUAL NEEDS: none", "sections.en.label_hint"),
        ("诊断意见：好转", "诊断意见：好转", "sections.zh.label_hint"),
        ("Findings", "Findings", "sections.en.operation_findings does not apply here"),
    ],
)
def test_a_line_that_looks_like_a_heading_is_reported(text: str, shown: str, reason: str) -> None:
    assert (shown, reason) in found("2026-03-02 08:30 查房记录", "患者好转。", text, "继续治疗。")


@pytest.mark.parametrize("text", ["主诉：头痛。", "患者好转，无发热。", "体温：36.5℃", "2026-03-02", "T36.5℃ P80次/分"])
def test_known_headings_and_prose_are_not(text: str) -> None:
    assert found("入院记录", "既往史：体健。", text) == []


def test_labels_of_forms_are_not() -> None:
    assert found("入院护理评估单", "营养评估：良好", "皮肤情况：完整") == []


def test_large_and_centred_titles_are_reported_and_alike_ones_once() -> None:
    texts = ("入院记录", "既往史：体健。", "正文。", "随访安排", "正文。", "正文。", "随访安排", "正文。")
    lines = tuple(line(text, number, size=13.0 if text == "随访安排" else 11.0) for number, text in enumerate(texts))
    record = build_record("r", read(page(*texts).model_copy(update={"lines": lines})), None)
    assert [(one.text, one.times) for one in unmatched_headings(record)] == [("随访安排", 2)]


def test_a_rule_of_ones_own_takes_the_line_off_the_list(tmp_path: Path) -> None:
    assert found("入院记录", "营养评估：良好")
    rule = "rules:\n  - {id: hospital.zh.nutrition, code: other, titles: [营养评估]}\n"
    (tmp_path / "sections.zh.yaml").write_text(rule, encoding="utf-8")
    assert found("入院记录", "营养评估：良好", rules=tmp_path) == []


def test_a_long_line_that_begins_with_a_colon_is_shown_whole(tmp_path: Path) -> None:
    rule = "rules:\n  - {id: own.hint, code: other, level: hint, pattern: '[:：].*'}\n"
    (tmp_path / "sections.zh.yaml").write_text(rule, encoding="utf-8")
    text = "：" + "一般情况可" * 12
    assert text in [shown for shown, _ in found("2026-03-02 08:30 查房记录", "患者好转。", text, rules=tmp_path)]
