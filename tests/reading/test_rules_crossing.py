"""Cells between ruling lines: broken, doubled and missing lines, merged cells; against pdfplumber's own functions."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from pdfplumber.table import edges_to_intersections, intersections_to_cells, merge_edges

from emr_rerank.reading.rules_crossing import RuleLine, merged_rules, tables_between

XS, YS = [50.0, 120.0, 190.0, 300.0], [80.0, 100.0, 125.0, 140.0]
Line = tuple[float, float, float]


def cells(across: list[Line], down: list[Line]) -> list[list[tuple[float, float, float, float]]]:
    return tables_between(merged_rules(across), merged_rules(down))


def full_grid() -> tuple[list[Line], list[Line]]:
    return [(y, XS[0], XS[-1]) for y in YS], [(x, YS[0], YS[-1]) for x in XS]


def test_rules_that_lie_on_one_another_or_end_to_end_are_one() -> None:
    lines = [(100.0, 50, 90), (100.6, 91, 130), (101.0, 60, 80), (140.0, 50, 51.5)]
    assert merged_rules(lines) == [RuleLine((100.0 + 100.6 + 101.0) / 3, 50, 130)]


def test_full_grid() -> None:
    (table,) = cells(*full_grid())
    assert table == [(x, y, right, low) for y, low in pairwise(YS) for x, right in pairwise(XS)]


def test_a_missing_line_merges_cells() -> None:
    across, down = full_grid()
    across[1] = (YS[1], XS[1], XS[-1])  # the first cell of the second row goes on
    (table,) = cells(across, down)
    assert (XS[0], YS[0], XS[1], YS[2]) in table
    assert len(table) == 8


def test_tables_apart_are_two() -> None:
    across, down = full_grid()
    across += [(y + 200, XS[0], XS[-1]) for y in YS]
    down += [(x, YS[0] + 200, YS[-1] + 200) for x in XS]
    assert [len(table) for table in cells(across, down)] == [9, 9]


def test_a_single_box_is_no_table() -> None:
    assert cells([(80, 50, 300), (140, 50, 300)], [(50, 80, 140), (300, 80, 140)]) == []


SEGMENTS = (
    [(place, *ends) for place in YS for ends in pairwise(XS)],
    [(place, *ends) for place in XS for ends in pairwise(YS)],
)


@settings(max_examples=150, deadline=None)
@given(st.sets(st.sampled_from(SEGMENTS[0])), st.sets(st.sampled_from(SEGMENTS[1])))
def test_the_same_cells_as_pdfplumber(across: set[Line], down: set[Line]) -> None:
    edges = [
        {"orientation": "h", "x0": a, "x1": b, "top": y, "bottom": y, "width": b - a, "height": 0} for y, a, b in across
    ] + [{"orientation": "v", "x0": x, "x1": x, "top": a, "bottom": b, "width": 0, "height": b - a} for x, a, b in down]
    merged = merge_edges(edges, 2, 2, 3, 3) if edges else []
    want = intersections_to_cells(edges_to_intersections(merged, 3, 3)) if merged else []
    found = cells(sorted(across), sorted(down))
    lonely = len(want) - sum(map(len, found))
    assert {cell for table in found for cell in table} <= set(want)
    assert lonely == sum(_is_lonely(cell, want) for cell in want)


def _is_lonely(cell: tuple[float, ...], others: list[tuple[float, ...]]) -> bool:
    corners = {(x, y) for x in (cell[0], cell[2]) for y in (cell[1], cell[3])}
    return not any(
        other != cell and corners & {(x, y) for x in (other[0], other[2]) for y in (other[1], other[3])}
        for other in others
    )
