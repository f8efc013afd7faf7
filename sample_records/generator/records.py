"""From a content file to a PDF and its expected answers."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from sample_records.generator.documents import Printer
from sample_records.generator.laboratory import Bench, Report
from sample_records.generator.paper import Masthead, Paper, Run
from sample_records.generator.scan import scanned
from sample_records.generator.style import STYLES
from sample_records.generator.truth import Series, expected

CONTENT = Path(__file__).parent / "content"


def names() -> list[str]:
    """The records there are content files for, in order."""
    return sorted(path.stem for path in CONTENT.glob("*.yaml"))


def _print(content: dict[str, Any], reports: list[Report], total: int) -> tuple[Paper, Series]:
    style, patient = STYLES[content["layout"]], content["patient"]
    if style.english:
        fields = f"{patient['name']}    Ward: {patient['ward']}    Bed: {patient['bed']}    MRN: {patient['number']}"
        masthead = Masthead("INPATIENT RECORD", fields)
    else:
        fields = "    ".join(
            [f"姓名：{patient['name']}", f"性别：{patient['sex']}", f"年龄：{patient['age']}岁",
             f"科室：{patient['dept']}", f"床号：{patient['bed']}", f"住院号：{patient['number']}"]
        )  # fmt: skip
        masthead = Masthead("住院病历", fields, "打印：病案科")
    paper, series = Paper(style, masthead, total), Series()
    Printer(paper, content, reports, series).print_all()
    return paper, series


def _reports(content: dict[str, Any]) -> list[Report]:
    patient = content["patient"]
    sex = "f" if patient["sex"] in ("女", "Female") else "m"
    bench = Bench(content["name"], sex, int(patient["age"]), content.get("base", {}), STYLES[content["layout"]])
    return [bench.report(panel, sampled, reported, values) for panel, sampled, reported, values in content["labs"]]


@lru_cache(maxsize=1)
def build(name: str) -> tuple[bytes, dict[str, Any], list[Run]]:
    """PDF bytes, expected answers and the text as printed. The same on every call."""
    content = yaml.safe_load((CONTENT / f"{name}.yaml").read_text(encoding="utf-8"))
    reports = _reports(content)
    draft, _ = _print(content, reports, 0)
    paper, series = _print(content, reports, draft.page)
    pdf = paper.close()
    if content.get("scan"):
        pdf = scanned(pdf, name)
    return pdf, expected(name, content, paper.page, series, paper.runs), paper.runs


def write(name: str, folder: Path) -> dict[str, Any]:
    """Writes NAME.pdf and NAME.json into `folder`; gives the JSON."""
    pdf, answers, _ = build(name)
    (folder / f"{name}.pdf").write_bytes(pdf)
    text = json.dumps(answers, ensure_ascii=False, indent=1)
    (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    return answers
