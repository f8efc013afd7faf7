"""The little records of the wordings benchmark."""

import pytest

from benchmarks.wordings import cases, main, record_of, section_code


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (("入院记录", "既往史"), "past_history"),
        (("知情同意书",), "informed_consent"),
        (("Progress Note",), "progress_note"),
        (("检查报告单", "检查结论"), "imaging_report"),
        (("入院记录", "某标题"), "admission_note"),
        (("某标题",), "other"),
    ],
)
def test_a_path_leads_to_its_section(path: tuple[str, ...], code: str) -> None:
    assert section_code(path) == code


def test_every_line_is_a_sentence_of_its_own_section() -> None:
    record = record_of(["入院记录 › 主诉 | 腹痛3天。", "医嘱单 | 禁食水"])
    assert [record.text[s.start : s.end] for s in record.sentences] == ["腹痛3天。", "禁食水"]
    assert [s.section_code for s in record.sentences] == ["chief_complaint", "orders"]
    assert record.sentences[0].section_path == ("入院记录", "主诉")


def test_every_wording_has_a_case_whose_proof_is_no_trap() -> None:
    made = list(cases(1, 3))
    assert len(made) >= 1_400
    assert not [case for case in made if case.proof in case.others or len(case.others) < 6]


def test_constant_scores_leave_the_answer_to_the_rules(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["wordings", "--every", "200"])
    main()
    rates = capsys.readouterr().out.splitlines()[-1].split()
    assert rates[:3] == ["all", "8", "kept"] and float(rates[3].rstrip("%")) > 0
