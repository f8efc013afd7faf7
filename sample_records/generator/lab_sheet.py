"""Prints a lab report: ruled with a number and an abbreviation column, or aligned with two analyte groups a row."""

from sample_records.generator.laboratory import Report
from sample_records.generator.paper import BOTTOM, TOP, Paper
from sample_records.generator.tables import print_table
from sample_records.generator.truth import Series
from sample_records.generator.wording import CHINESE, ENGLISH, NUMBERED_LAB_HEADER

CROWDED = 9
"""A report with more results than this is printed two to a row by hospitals that align by spaces."""


def print_report(paper: Paper, report: Report, number: int, staff: list[str], series: Series) -> None:
    """Prints the report (number `number` of the stay) and notes in `series` which page each result is on."""
    paired = not paper.style.ruled and len(report.results) > CROWDED
    rows_high = len(report.results) // (2 if paired else 1) + 2
    if number == 0 or paper.y - 128 - 18.2 * rows_high < BOTTOM:
        paper.fresh()
    elif paper.y < TOP:
        paper.gap(16)
    paper.code = "lab_report"
    _head(paper, report, number)
    header, weights, rows = _columns(paper, report)
    if paired:
        half = (len(rows) + 1) // 2
        right = [*rows[half:], [""] * len(header)][:half]
        rows = [a + b for a, b in zip(rows[:half], right, strict=True)]
        header, weights = header * 2, [3.8, 1.4, 1.1, 1.8, 1.9] * 2
    pages = print_table(paper, header, rows, weights, ruled=paper.style.ruled, size=8.5 if paired else 9)
    for index, result in enumerate(report.results):
        series.add(report, result, pages[index % len(rows)])
    tail = (ENGLISH if paper.style.english else CHINESE).lab_tail
    paper.line(tail.format(*staff), size=8)


def _head(paper: Paper, report: Report, number: int) -> None:
    if paper.style.english:
        paper.line(f"LABORATORY REPORT - {report.title}", size=11, bold=True)
        paper.line(f"Collected: {report.sampled}    Reported: {report.reported}    Lab no: {91000 + number}")
    else:
        paper.title("检验报告单")
        paper.line(f"检验项目：{report.title}    标本：{report.specimen}    样本号：{3100 + number * 7}", size=9.5)
        paper.line(f"采集时间：{report.sampled}    报告时间：{report.reported}", size=9.5)
    paper.gap(7)


def _columns(paper: Paper, report: Report) -> tuple[list[str], list[float], list[list[str]]]:
    rows = [list(result.cells) for result in report.results]
    if paper.style.abbreviation_column:
        numbered = [[str(index + 1), *row] for index, row in enumerate(rows)]
        return list(NUMBERED_LAB_HEADER), [1, 4, 2, 2, 1, 2.6, 2.2], numbered
    words = ENGLISH if paper.style.english else CHINESE
    return list(words.lab_header), [4.4, 2, 1, 2.2, 2.4], rows
