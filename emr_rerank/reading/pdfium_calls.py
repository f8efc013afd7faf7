"""pdfium's functions for the calls that are made thousands of times a page, stripped to plain integers.

pypdfium2 declares them with pointer types, which ctypes checks and wraps at every call; here handles and buffers go in
as addresses. `address()` gives that of a handle. Whoever calls these keeps the page open meanwhile.
"""

import ctypes
from collections.abc import Callable
from typing import Any

import pypdfium2.raw as pdfium

_Address, _Int = ctypes.c_void_p, ctypes.c_int


def address(handle: Any) -> int:
    """The address of a pdfium handle."""
    return ctypes.cast(handle, ctypes.c_void_p).value or 0


def _call(name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
    pointer = ctypes.cast(getattr(pdfium, name), ctypes.c_void_p).value
    return ctypes.CFUNCTYPE(result, *arguments)(pointer or 0)


loose_box = _call("FPDFText_GetLooseCharBox", _Int, _Address, _Int, _Address)
unicode_of = _call("FPDFText_GetUnicode", ctypes.c_uint, _Address, _Int)
is_generated = _call("FPDFText_IsGenerated", _Int, _Address, _Int)
has_no_mapping = _call("FPDFText_HasUnicodeMapError", _Int, _Address, _Int)
font_size = _call("FPDFText_GetFontSize", ctypes.c_double, _Address, _Int)
font_weight = _call("FPDFText_GetFontWeight", _Int, _Address, _Int)
font_info = _call("FPDFText_GetFontInfo", ctypes.c_ulong, _Address, _Int, _Address, ctypes.c_ulong, _Address)
character_matrix = _call("FPDFText_GetMatrix", _Int, _Address, _Int, _Address)
text_object = _call("FPDFText_GetTextObject", _Address, _Address, _Int)
object_font = _call("FPDFTextObj_GetFont", _Address, _Address)

page_object = _call("FPDFPage_GetObject", _Address, _Address, _Int)
count_form_objects = _call("FPDFFormObj_CountObjects", _Int, _Address)
form_object = _call("FPDFFormObj_GetObject", _Address, _Address, ctypes.c_ulong)
object_type = _call("FPDFPageObj_GetType", _Int, _Address)
object_bounds = _call("FPDFPageObj_GetBounds", _Int, _Address, _Address, _Address, _Address, _Address)
object_matrix = _call("FPDFPageObj_GetMatrix", _Int, _Address, _Address)
draw_mode = _call("FPDFPath_GetDrawMode", _Int, _Address, _Address, _Address)
count_segments = _call("FPDFPath_CountSegments", _Int, _Address)
path_segment = _call("FPDFPath_GetPathSegment", _Address, _Address, _Int)
segment_point = _call("FPDFPathSegment_GetPoint", _Int, _Address, _Address, _Address)
segment_type = _call("FPDFPathSegment_GetType", _Int, _Address)
segment_closes = _call("FPDFPathSegment_GetClose", _Int, _Address)
