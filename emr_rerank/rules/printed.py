"""Printed variants of one character, folded one to one, so that offsets stay."""

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if code != 0xFF0C}
_VARIANTS = {
    "　\u00a0": "  ",
    "µ": "μ",
    "₀₁₂₃₄₅₆₇₈₉": "0123456789",
    "⁺⁻₊﹣": "+-+-",
    "–—−": "---",
    "∼〜": "~~",
    "≦≧﹤﹥": "≤≥<>",
    "﹢∶": "+:",
}
_FOLDING: dict[int, int] = {
    **_WIDE,
    **{ord(old): ord(new) for olds, news in _VARIANTS.items() for old, new in zip(olds, news, strict=True)},
}
_UPPER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_LOWER: dict[int, int] = {
    **_FOLDING,
    **_UPPER,
    **{code: _UPPER[plain] for code, plain in _WIDE.items() if plain in _UPPER},
    ord("Γ"): ord("γ"),
    ord("Β"): ord("β"),
}


def fold(text: str) -> str:
    """The text with full-width forms, sub- and superscript signs and dashes in their plain form; same length.

    The full-width comma stays: between numbers it parts items, where a plain comma may group thousands.
    """
    return text.translate(_FOLDING)


def fold_case(text: str) -> str:
    """`fold`, and Latin letters in lower case; same length."""
    return text.translate(_LOWER)
