"""The expected answers: series from the reports as printed, and questions with the places that prove their answers."""

import re
from typing import Any

from sample_records.generator.laboratory import Report, Result
from sample_records.generator.paper import Run

Json = dict[str, Any]


class TruthError(ValueError):
    """A content file asks for evidence that the printed record doesn't hold."""


def squeeze(text: str) -> str:
    """Text without whitespace."""
    return re.sub(r"\s", "", text)


class Series:
    """Every numeric result of the stay, by analyte, with the page it was printed on."""

    def __init__(self) -> None:
        self.points: dict[str, list[Json]] = {}

    def add(self, report: Report, result: Result, page: int) -> None:
        """Takes one printed result; a measurement printed again in another report of that minute is no new point."""
        if result.analyte is None or result.value is None or result.reference is None:
            return
        low, high = result.reference
        time, text = report.sampled.replace(" ", "T"), squeeze("".join(result.cells))
        points = self.points.setdefault(result.analyte, [])
        for point in points:
            if (point["time"], point["value"]) == (time, result.value):
                point["prints"].append((text, page))
                return
        points.append({
            "time": time, "value": result.value, "unit": result.unit or None, "flag": result.flag,
            "reference": [0.0 if low is None else low, high], "page": page, "prints": [(text, page)],
        })  # fmt: skip

    def sorted(self) -> dict[str, list[Json]]:
        """The series in time order, analytes by name."""
        return {name: sorted(points, key=lambda p: str(p["time"])) for name, points in sorted(self.points.items())}


def places(runs: list[Run], text: str) -> list[Json]:
    """Every place where `text` is printed: text, page of its first character, section code.

    Raises:
        TruthError: it stands nowhere.
    """
    stream = "".join(run.text for run in runs)
    starts, position = [], 0
    for run in runs:
        starts.append(position)
        position += len(run.text)
    wanted, found = squeeze(text), []
    at = stream.find(wanted)
    while at >= 0:
        index = max(i for i, start in enumerate(starts) if start <= at)
        place = {"text": text, "page": runs[index].page, "section_code": runs[index].code}
        if place not in found:
            found.append(place)
        at = stream.find(wanted, at + 1)
    if not found:
        raise TruthError(f"not printed: {text}")
    return found


def _pick(series: dict[str, list[Json]], selector: str) -> tuple[str, list[Json]]:
    """'creatinine', 'creatinine@max|min|first|last' or 'creatinine@2026-03-05' → analyte and its points."""
    analyte, _, which = selector.partition("@")
    points = series[analyte]
    if which in ("max", "min"):
        best = (max if which == "max" else min)(point["value"] for point in points)
        return analyte, [point for point in points if point["value"] == best]
    if which in ("first", "last"):
        return analyte, [points[0 if which == "first" else -1]]
    chosen = [point for point in points if str(point["time"]).startswith(which.replace(" ", "T"))]
    if not chosen:
        raise TruthError(f"no result for {selector}")
    return analyte, chosen


def _fact(analyte: str, point: Json) -> Json:
    return {"kind": "lab", "name": analyte, **{key: point[key] for key in ("value", "unit", "time", "page")}}


def _trend(analyte: str, points: list[Json], direction: str | None) -> Json:
    first, last = points[0]["value"], points[-1]["value"]
    way = direction or ("up" if last > first else "down" if last < first else "stable")
    return {"name": analyte, "unit": points[0]["unit"], "first": first, "last": last, "direction": way}


def question(number: int, name: str, entry: Json, series: dict[str, list[Json]], runs: list[Run]) -> Json:
    """One expected answer.

    Keys of `entry`: q, kind, status, lab (selectors), see (texts), sides (of a conflict), all, facts, direction.
    """
    kind = entry["kind"]
    default = {"unanswerable": "insufficient_evidence", "conflict": "conflicting"}.get(kind, "answered")
    evidence: list[Json] = []
    facts: list[Json] = list(entry.get("facts", []))
    out: Json = {"id": f"{name}-{number:02d}", "question": entry["q"], "kind": kind,
                 "status": entry.get("status", default)}  # fmt: skip
    for selector in entry.get("lab", []):
        analyte, points = _pick(series, selector)
        prints = [place for point in points for place in point["prints"]]
        evidence += [{"text": text, "page": page, "section_code": "lab_report"} for text, page in prints]
        ends = [points[0], points[-1]] if kind == "lab_change" and len(points) > 1 else points
        facts += [_fact(analyte, point) for point in ends]
        if kind == "lab_change" and "trend" not in out:
            out["trend"] = _trend(analyte, points, entry.get("direction"))
    for text in entry.get("see", []):
        evidence += places(runs, text)
    for side, texts in entry.get("sides", {}).items():
        evidence += [{**place, "side": side} for text in texts for place in places(runs, text)]
    for fact in facts:
        if "page" not in fact:
            fact["page"] = places(runs, fact.pop("see"))[0]["page"]
    if out["status"] != "insufficient_evidence" and not evidence:
        raise TruthError(f"{out['id']}: no evidence")
    return {**out, "evidence": evidence, "facts": facts, **({"all": True} if entry.get("all") else {})}


def expected(name: str, content: Json, pages: int, series: Series, runs: list[Run]) -> Json:
    """The whole JSON beside NAME.pdf; a scan also gets its true page texts, without whitespace."""
    points = series.sorted()
    questions = [question(i, name, q, points, runs) for i, q in enumerate(content["questions"], 1)]
    printed = {k: [{f: v for f, v in p.items() if f != "prints"} for p in ps] for k, ps in points.items()}
    texts = ["".join(run.text for run in runs if run.page == page + 1) for page in range(pages)]
    return {
        "record": f"{name}.pdf", "language": content["language"], "layout": content.get("look", content["layout"]),
        "pages": pages, "series": printed, "questions": questions,
        **({"page_texts": texts} if content.get("scan") else {}),
    }  # fmt: skip
