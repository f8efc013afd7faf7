"""Ruling lines and images of a page, from pdfium's page objects."""

from collections.abc import Callable, Iterator
from ctypes import byref, c_float, c_int
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from emr_rerank.reading.rawpage import Edge, edges_of_box

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


def read_drawings(page: Any, to_page: ToPage, area: float) -> tuple[list[Edge], float, int]:
    """(ruling lines, share of the page that images cover, number of page objects) of a pdfium page handle."""
    edges: list[Edge] = []
    images = 0.0
    count = 0
    for kind, handle, matrix in _objects(page):
        count += 1
        if kind == pdfium.FPDF_PAGEOBJ_PATH and len(edges) < MAX_SEGMENTS:
            for box in _path_boxes(handle, matrix):
                edges.extend(edges_of_box(*to_page(*box)))
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            bounds = _bounds(handle, matrix)
            if bounds:
                images += (bounds[2] - bounds[0]) * (bounds[3] - bounds[1])
    return edges, min(1.0, images / area) if area > 0 else 0.0, count


def _objects(page: Any) -> Iterator[tuple[int, Any, _Matrix]]:
    """(type, handle, matrix) of every page object, those inside forms (XObjects) included."""
    queue: list[tuple[Any, _Matrix, int]] = []
    for index in range(min(pdfium.FPDFPage_CountObjects(page), MAX_OBJECTS)):
        queue.append((pdfium.FPDFPage_GetObject(page, index), _Matrix(), 0))
        while queue:
            handle, matrix, depth = queue.pop()
            kind = pdfium.FPDFPageObj_GetType(handle)
            if kind != pdfium.FPDF_PAGEOBJ_FORM:
                yield kind, handle, matrix
            elif depth < _DEPTH:
                inner = matrix.after(_matrix_of(handle))
                for place in range(min(pdfium.FPDFFormObj_CountObjects(handle), MAX_OBJECTS)):
                    queue.append((pdfium.FPDFFormObj_GetObject(handle, place), inner, depth + 1))


def _matrix_of(handle: Any) -> _Matrix:
    matrix = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(handle, byref(matrix)):
        return _Matrix()
    return _Matrix(matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)


def _bounds(handle: Any, matrix: _Matrix) -> tuple[float, float, float, float] | None:
    left, bottom, right, top = c_float(), c_float(), c_float(), c_float()
    if not pdfium.FPDFPageObj_GetBounds(handle, byref(left), byref(bottom), byref(right), byref(top)):
        return None
    return _spanned(matrix.point(left.value, bottom.value), matrix.point(right.value, top.value))


def _spanned(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float, float, float]:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[0], other[0]), max(one[1], other[1])


def _path_boxes(handle: Any, matrix: _Matrix) -> Iterator[tuple[float, float, float, float]]:
    """User-space boxes of what a painted path draws: itself when it is a line or box, else its straight segments."""
    fill, stroke = c_int(), c_int()
    pdfium.FPDFPath_GetDrawMode(handle, byref(fill), byref(stroke))
    if not fill.value and not stroke.value:
        return
    segments = pdfium.FPDFPath_CountSegments(handle)
    bounds = _bounds(handle, matrix)
    if bounds is None or segments > MAX_SEGMENTS:
        return
    if segments <= 2 or min(bounds[2] - bounds[0], bounds[3] - bounds[1]) <= 3.0:
        yield bounds
        return
    # lines only: a box that is filled but not stroked is a background and rules nothing, unless it is a cell's shade
    yield from _segment_boxes(handle, matrix.after(_matrix_of(handle)), segments)


def _segment_boxes(handle: Any, matrix: _Matrix, segments: int) -> Iterator[tuple[float, float, float, float]]:
    x, y = c_float(), c_float()
    start = last = (0.0, 0.0)
    for index in range(segments):
        segment = pdfium.FPDFPath_GetPathSegment(handle, index)
        pdfium.FPDFPathSegment_GetPoint(segment, byref(x), byref(y))
        point = matrix.point(x.value, y.value)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            start = point
        elif kind == pdfium.FPDF_SEGMENT_LINETO and _straight(last, point):
            yield _spanned(last, point)
        if pdfium.FPDFPathSegment_GetClose(segment) and _straight(point, start):
            yield _spanned(point, start)
        last = point


def _straight(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return (abs(one[0] - other[0]) <= _STRAIGHT) != (abs(one[1] - other[1]) <= _STRAIGHT)
