"""Ruling lines and images of a page, from pdfium's page objects."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from ctypes import addressof, c_float, c_int
from itertools import repeat
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from emr_rerank.reading import pdfium_calls
from emr_rerank.reading.rawpage import RULE_THICKNESS, Edge, edges_of_box

# A page that draws more is a picture made of lines (an ECG); its lines are no table, and reading them takes long.
MAX_OBJECTS = 20_000
MAX_SEGMENTS = 4_000
_DEPTH = 4
_STRAIGHT = 1.0

ToPage = Callable[[float, float, float, float], tuple[float, float, float, float]]


class _Matrix(NamedTuple):
    """A PDF matrix: x' = ax + cy + e, y' = bx + dy + f."""

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 1.0
    e: float = 0.0
    f: float = 0.0

    def point(self, x: float, y: float) -> tuple[float, float]:
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    def after(self, inner: "_Matrix") -> "_Matrix":
        e, f = self.point(inner.e, inner.f)
        return _Matrix(
            self.a * inner.a + self.c * inner.b,
            self.b * inner.a + self.d * inner.b,
            self.a * inner.c + self.c * inner.d,
            self.b * inner.c + self.d * inner.d,
            e,
            f,
        )


_PLAIN = _Matrix()


def read_drawings(page: Any, to_page: ToPage, area: float) -> tuple[list[Edge], float, int]:
    """(ruling lines, share of the page that images cover, number of page objects) of a pdfium page handle."""
    edges: list[Edge] = []
    images = 0.0
    numbers = range(min(pdfium.FPDFPage_CountObjects(page), MAX_OBJECTS))
    drawings = list(map(pdfium_calls.page_object, repeat(pdfium_calls.address(page)), numbers))
    kinds = list(map(pdfium_calls.object_type, drawings))
    count = kinds.count(pdfium.FPDF_PAGEOBJ_TEXT)
    for kind, handle, matrix in _objects(drawings, kinds):
        count += 1
        if kind == pdfium.FPDF_PAGEOBJ_PATH and len(edges) < MAX_SEGMENTS:
            for box in _path_boxes(handle, matrix):
                edges.extend(edges_of_box(*to_page(*box)))
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            bounds = _bounds(handle, matrix)
            if bounds:
                images += (bounds[2] - bounds[0]) * (bounds[3] - bounds[1])
    return edges, min(1.0, images / area) if area > 0 else 0.0, count


def _objects(drawings: Sequence[int], kinds: Sequence[int]) -> Iterator[tuple[int, int, _Matrix]]:
    """(type, address, matrix) of the page's objects other than text, and of all inside its forms (XObjects)."""
    for kind, drawn in zip(kinds, drawings, strict=True):
        if kind == pdfium.FPDF_PAGEOBJ_FORM:
            yield from _inside(drawn, _PLAIN, 1)
        elif kind != pdfium.FPDF_PAGEOBJ_TEXT:
            yield kind, drawn, _PLAIN


def _inside(form: int, outer: _Matrix, depth: int) -> Iterator[tuple[int, int, _Matrix]]:
    matrix = outer.after(_matrix_of(form))
    for place in range(min(pdfium_calls.count_form_objects(form), MAX_OBJECTS)):
        drawn = pdfium_calls.form_object(form, place)
        kind = pdfium_calls.object_type(drawn)
        if kind != pdfium.FPDF_PAGEOBJ_FORM:
            yield kind, drawn, matrix
        elif depth < _DEPTH:
            yield from _inside(drawn, matrix, depth + 1)


def _matrix_of(drawn: int) -> _Matrix:
    values = (c_float * 6)()
    return _Matrix(*values) if pdfium_calls.object_matrix(drawn, addressof(values)) else _Matrix()


_SIDES = (c_float * 4)()
_SIDE = [addressof(_SIDES) + 4 * place for place in range(4)]
_MODE = (c_int * 2)()
_FILL, _STROKE = addressof(_MODE), addressof(_MODE) + 4


def _bounds(drawn: int, matrix: _Matrix) -> tuple[float, float, float, float] | None:
    if not pdfium_calls.object_bounds(drawn, *_SIDE):
        return None
    left, bottom, right, top = _SIDES
    if matrix is _PLAIN:
        return left, bottom, right, top
    corners = [matrix.point(x, y) for x in (left, right) for y in (bottom, top)]
    return (
        min(x for x, _ in corners), min(y for _, y in corners), max(x for x, _ in corners), max(y for _, y in corners)
    )  # fmt: skip


def _spanned(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float, float, float]:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[0], other[0]), max(one[1], other[1])


def _path_boxes(drawn: int, matrix: _Matrix) -> Iterable[tuple[float, float, float, float]]:
    """User-space boxes of what a painted path draws: itself when it is a line or box, else its straight segments."""
    if not pdfium_calls.draw_mode(drawn, _FILL, _STROKE) or not (_MODE[0] or _MODE[1]):
        return ()
    bounds = _bounds(drawn, matrix)
    if bounds is None:
        return ()
    if bounds[2] - bounds[0] <= RULE_THICKNESS or bounds[3] - bounds[1] <= RULE_THICKNESS:
        return (bounds,)
    segments = pdfium_calls.count_segments(drawn)
    return _segment_boxes(drawn, matrix.after(_matrix_of(drawn)), segments) if segments <= MAX_SEGMENTS else ()


def _segment_boxes(drawn: int, matrix: _Matrix, segments: int) -> Iterator[tuple[float, float, float, float]]:
    start = last = (0.0, 0.0)
    for index in range(segments):
        segment = pdfium_calls.path_segment(drawn, index)
        pdfium_calls.segment_point(segment, _SIDE[0], _SIDE[1])
        point = matrix.point(_SIDES[0], _SIDES[1])
        kind = pdfium_calls.segment_type(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            start = point
        elif kind == pdfium.FPDF_SEGMENT_LINETO and _straight(last, point):
            yield _spanned(last, point)
        if pdfium_calls.segment_closes(segment) and _straight(point, start):
            yield _spanned(point, start)
        last = point


def _straight(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return (abs(one[0] - other[0]) <= _STRAIGHT) != (abs(one[1] - other[1]) <= _STRAIGHT)
