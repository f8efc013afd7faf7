"""The looks of the invented hospitals: fonts, sizes, margins, and how each prints units and ranges."""

from dataclasses import dataclass, field
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

WENKAI = Path("/usr/share/fonts/truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf")
ZENHEI = Path("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc")
DEBIAN_PACKAGE = {WENKAI: "fonts-lxgw-wenkai", ZENHEI: "fonts-wqy-zenhei"}


class FontMissingError(RuntimeError):
    """A font file that a layout prints with is not installed."""


@dataclass(frozen=True)
class Style:
    """One hospital's look. Lengths in PDF points; `font_file` None means a font built into every PDF reader."""

    name: str
    hospital: str
    font: str
    bold: str
    font_file: Path | None
    size: float
    leading: float
    left: float
    right: float
    ruled: bool
    english: bool = False
    tilde: str = "-"
    units: dict[str, str] = field(default_factory=dict)
    abbreviation_column: bool = False
    page_label: str = "第 {page} 页 共 {total} 页"


STYLES = {
    "ruled": Style(
        "ruled", "青禾市中心医院", "WenKai", "WenKai", WENKAI, 10.5, 17.0, 62, 58, True,
        tilde="～", units={"umol/L": "μmol/L", "ug/L": "μg/L"}, abbreviation_column=True,
    ),
    "aligned": Style(
        "aligned", "北溟市第一人民医院", "ZenHei", "ZenHei", ZENHEI, 10.0, 16.0, 56, 54, False,
        units={"10^9/L": "10*9/L", "10^12/L": "10*12/L", "s": "秒"}, page_label="第{page}页 共{total}页",
    ),
    "english": Style(
        "english", "Harrowgate Vale General Hospital", "Helvetica", "Helvetica-Bold", None, 9.5, 13.5, 60, 60, True,
        english=True, units={"℃": "\u00b0C"}, page_label="Page {page} of {total}",
    ),
}  # fmt: skip


def register(style: Style) -> None:
    """Makes the style's font known to reportlab.

    Raises:
        FontMissingError: the font file is not installed; the message names the Debian package.
    """
    if style.font_file is None or style.font in pdfmetrics.getRegisteredFontNames():
        return
    if not style.font_file.exists():
        package = DEBIAN_PACKAGE[style.font_file]
        raise FontMissingError(f"font {style.font_file} is missing: run 'apt-get install {package}' (Debian, Ubuntu)")
    pdfmetrics.registerFont(TTFont(style.font, str(style.font_file), subfontIndex=0))
