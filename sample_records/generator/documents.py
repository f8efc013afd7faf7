"""Prints the documents of a stay, each kind the way hospitals lay it out."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sample_records.generator.forms import form_text
from sample_records.generator.lab_sheet import print_report
from sample_records.generator.laboratory import Report
from sample_records.generator.paper import Paper
from sample_records.generator.tables import print_table
from sample_records.generator.truth import Series
from sample_records.generator.wording import CHINESE, ENGLISH

Content = dict[str, Any]


class Printer:
    """Prints one stay. `content` is the content file, `reports` its lab reports, `series` takes their pages."""

    def __init__(self, paper: Paper, content: Content, reports: list[Report], series: Series) -> None:
        self.paper, self.content, self.reports, self.series = paper, content, reports, series
        self.english = paper.style.english
        self.words = ENGLISH if self.english else CHINESE

    def print_all(self) -> None:
        """Every document of the content file in its order."""
        kinds: dict[str, Callable[[Content], None]] = {
            "cover": self.cover, "note": self.note, "progress": self.progress, "labs": self.labs,
            "exams": self.exams, "orders": self.orders, "vitals": self.vitals, "nursing": self.nursing,
            "form": self.form,
        }  # fmt: skip
        for document in self.content["documents"]:
            kinds[document["type"]](document)

    def _open(self, document: Content, title: str, code: str) -> None:
        if not document.get("follow") or self.paper.y < 250:
            self.paper.fresh()
        else:
            self.paper.gap(14)
        self.paper.code = code
        self.paper.title(title)

    def cover(self, document: Content) -> None:
        """Front sheet: a grid of labels and values."""
        self._open(document, document["title"], "cover")
        rows = [[str(cell) for cell in row] for row in document["rows"]]
        print_table(self.paper, [], rows, [2, 3] * (len(rows[0]) // 2), ruled=self.paper.style.ruled, size=9.5)
        for text in document.get("text", []):
            self.paper.paragraph(text, indent=0)

    def note(self, document: Content) -> None:
        """A note of headed parts: admission note, consultation, operation note, discharge summary."""
        self._open(document, document["title"], document["code"])
        if "grid" in document:
            rows = [[str(cell) for cell in row] for row in document["grid"]]
            print_table(self.paper, [], rows, [2, 3] * (len(rows[0]) // 2), ruled=self.paper.style.ruled, size=9.5)
        self._parts(document["parts"], document["code"])
        self._sign(document)

    def _parts(self, parts: list[list[str]], code: str) -> None:
        paper = self.paper
        for part_code, heading, text in parts:
            paper.code = part_code or code
            lead = heading
            if heading.startswith("#"):
                paper.need(paper.style.leading * 3)
                paper.gap(3)
                paper.line(heading[1:].strip(), bold=True)
                lead = ""
            for paragraph in str(text).strip().split("\n"):
                if paragraph or lead:
                    paper.paragraph(paragraph, lead, 0.0 if self.english else 2.0)
                    lead = ""
            if self.english:
                paper.gap(4)
        paper.code = code

    def _sign(self, document: Content) -> None:
        if document.get("sign"):
            self.paper.gap(4)
            if document.get("stamp"):
                self.paper.stamp(document["stamp"])
            self.paper.line(document["sign"], align="right")
        if document.get("signed"):
            self.paper.line(document["signed"], align="right")

    def progress(self, document: Content) -> None:
        """Dated notes one after another, several on a page."""
        self._open(document, document["title"], "progress_note")
        for time, title, code, text, sign in document["notes"]:
            self.paper.code = code
            self.paper.need(self.paper.style.leading * 4)
            self.paper.gap(6)
            self.paper.line(f"{time}    {title}".rstrip(), bold=True)
            for paragraph in text.strip().split("\n"):
                self.paper.paragraph(paragraph, indent=0.0 if self.english else 2.0)
            self.paper.line(self.words.signed + sign, align="right")

    def labs(self, document: Content) -> None:
        """All lab reports; short ones share a page."""
        for number, report in enumerate(self.reports):
            print_report(self.paper, report, number, self.content["staff"], self.series)

    def exams(self, document: Content) -> None:
        """Imaging, ECG, endoscopy and pathology reports, up to three a page."""
        findings_label, conclusion_label, sign_label = self.words.exam
        for index, (title, code, time, part, findings, impression, sign) in enumerate(document["items"]):
            self._open({"follow": index % 3 > 0}, title, code)
            self.paper.line(self.words.exam_head.format(time=time, part=part), size=9.5)
            self.paper.paragraph(findings, findings_label, 0)
            self.paper.paragraph(impression, conclusion_label, 0)
            self.paper.line(f"{sign_label}{sign}", align="right")

    def orders(self, document: Content) -> None:
        """Long-term and once-only orders: 'start|order|stop' and 'time|order'."""
        year, (doctor, nurse) = self.content["admitted"][:4], self.content["staff"][2:4]
        for title, key, columns in zip(self.words.orders, ("long", "once"), (5, 4), strict=True):
            self._open(document, title, "orders")
            rows = []
            for line in document[key]:
                start, order, stop = (*line.split("|"), "")[:3]
                rows.append([f"{year}-{start}", order, doctor, nurse, f"{year}-{stop}" if stop else ""][:columns])
            header, weights = self.words.orders_header[:columns], [2.6, 6, 1.4, 1.4, 2.6][:columns]
            print_table(self.paper, header, rows, weights, ruled=self.paper.style.ruled)

    def vitals(self, document: Content) -> None:
        """Vital signs four times a day, around each day's given values: [T, P, R, SBP, DBP, SpO2, in, out, kg]."""
        self._open(document, self.words.vitals, "vital_signs_chart")
        day, days = datetime.fromisoformat(self.content["admitted"][:10]), document["days"]
        arrival = int(self.content["admitted"][11:13])
        rows = []
        for number, values in enumerate(days):
            last = number == len(days) - 1
            hours = [6] if last else [hour for hour in (6, 10, 14, 18) if number or hour >= arrival]
            rows += [self._observation(day + timedelta(days=number), hour, values) for hour in hours]
        weights = [2.3, 1.3, 1.6, 1.7, 1.7, 1.9, 1.6, 1.5, 1.5, 1.5]
        print_table(self.paper, self.words.vitals_header, rows, weights, ruled=self.paper.style.ruled, size=8.5)

    def _observation(self, day: datetime, hour: int, values: list[float | None]) -> list[str]:
        chance = random.Random(f"{self.content['name']}/{day:%m-%d}/{hour}")
        temp, pulse, breaths, systolic, diastolic, saturation = (value or 0 for value in values[:6])
        bend = {6: -0.2, 10: 0.0, 14: 0.1, 18: 0.1}[hour]
        daily = values[6:] if hour == 6 else [None] * 3
        return [
            f"{day:%Y-%m-%d}",
            f"{hour:02d}:00",
            f"{temp + bend + chance.uniform(-0.1, 0.1):.1f}",
            f"{pulse + chance.randint(-3, 3):.0f}",
            f"{breaths + chance.randint(-1, 1):.0f}",
            f"{systolic + chance.randint(-5, 5):.0f}/{diastolic + chance.randint(-4, 4):.0f}",
            f"{min(99, saturation + chance.randint(-1, 1)):.0f}",
            *("" if value is None else f"{value:g}" for value in daily),
        ]

    def nursing(self, document: Content) -> None:
        """Nursing notes: [time, text]."""
        self._open(document, self.words.nursing, "nursing_record")
        names = self.content["staff"][3:]
        rows = [[time, text, names[i % len(names)]] for i, (time, text) in enumerate(document["rows"])]
        print_table(self.paper, self.words.nursing_header, rows, [2.4, 9, 1.3], ruled=self.paper.style.ruled)

    def form(self, document: Content) -> None:
        """A standing form of the hospital, filled in."""
        for key in document["forms"]:
            form = form_text(key, self.content)
            self.note({"title": form["title"], "code": form["code"], "parts": form["parts"], "sign": form.get("sign"),
                       "follow": form.get("follow")})  # fmt: skip
