"""Invented record pages as a scanner delivers them: printed, laid askew, 150 dpi, with noise and JPEG, known truth.

Each page is drawn at 300 dpi, turned, brought down to 150 dpi and written into a PDF as one picture.
"""

import io
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from PIL import Image, ImageDraw, ImageFilter, ImageFont

DPI = 150
A4 = (595.28, 841.89)
CATALOGUE = Path(__file__).resolve().parents[1] / "sample_records" / "generator" / "laboratory.yaml"
FONTS = {
    "Noto Serif CJK": ("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc", 2),
    "Noto Sans CJK": ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2),
    "WenQuanYi Zen Hei": ("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", 0),
    "Liberation Serif": ("/usr/share/fonts/truetype/liberation/LiberationSerif-Regular.ttf", 0),
    "Liberation Sans": ("/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf", 0),
}
_DRAWN_DPI = 300

ZH_PROSE = (
    "主诉：反复胸闷气促3年，加重伴双下肢水肿1周。",
    "现病史：患者3年前无明显诱因出现活动后胸闷、气促，休息数分钟后可缓解，未予重视。1周前受凉后上述症状加重，"
    "夜间不能平卧，尿量减少，每日约600ml，体重增加4.5kg。当地医院查血肌酐186μmol/L，NT-proBNP 5230pg/mL，"
    "予呋塞米20mg静推后症状稍好转。为进一步诊治，门诊以“心力衰竭”收入我科。",
    "既往史：高血压病史12年，最高血压182/106mmHg，长期服用硝苯地平控释片30mg qd，血压控制在140～150/80～90mmHg。"
    "2型糖尿病史8年，现用门冬胰岛素30注射液，早16U、晚12U皮下注射。否认肝炎、结核等传染病史。",
    "过敏史：对青霉素过敏，表现为皮疹；否认食物过敏史。",
    "体格检查：T 36.8℃，P 104次/分，R 24次/分，BP 158/92mmHg，SpO2 91%(未吸氧)。神志清楚，半卧位，口唇轻度发绀，"
    "颈静脉怒张，双肺底可闻及湿性啰音。心界向左下扩大，心率104次/分，律齐，心尖部可闻及3/6级收缩期杂音。"
    "腹软，肝肋下2cm，质韧，无压痛。双下肢中度凹陷性水肿。",
    "辅助检查：2026-03-02 心脏彩超：LVEDD 62mm，LVEF 38%，左室壁运动弥漫性减弱，二尖瓣中度反流。"
    "胸部CT：双侧胸腔积液，右侧深约2.1cm；双下肺炎症。",
    "初步诊断：1.慢性心力衰竭急性加重 心功能IV级(NYHA) 2.高血压病3级 很高危 3.2型糖尿病 4.慢性肾脏病4期",
    "诊疗计划：①心内科护理常规，一级护理，低盐低脂糖尿病饮食，记24小时出入量；②呋塞米40mg静推 bid，"
    "螺内酯20mg qd，沙库巴曲缬沙坦50mg bid；③头孢曲松2.0g静滴 qd抗感染(注意青霉素过敏史，皮试阴性后使用)；"
    "④监测肾功能、血钾，目标血钾4.0～5.0mmol/L。",
    "2026年3月3日09:15 主治医师查房：患者诉气促较前减轻，夜间可平卧。24小时尿量2350ml，体重下降1.8kg。"
    "复查血钾3.41mmol/L，予氯化钾缓释片1.0g tid口服。",
    "向患者及家属交代病情及可能出现的猝死、恶性心律失常等风险，家属表示理解并签字。",
)
EN_PROSE = (
    "Chief complaint: progressive shortness of breath for 3 years, worse with leg swelling for 1 week.",
    "History of present illness: The patient, aged 66, first noted exertional dyspnoea three years ago. One week "
    "before admission he could not lie flat and passed about 600 mL of urine a day. Serum creatinine was 186 umol/L "
    "and NT-proBNP 5230 pg/mL. He was given furosemide 20 mg intravenously with partial relief.",
    "Past medical history: hypertension for 12 years (highest 182/106 mmHg), type 2 diabetes for 8 years, treated with "
    "insulin aspart 30, 16 units in the morning and 12 units at night. No history of hepatitis or tuberculosis.",
    "Allergies: penicillin (rash). No known food allergy.",
    "Examination: temperature 36.8 C, pulse 104/min, respirations 24/min, blood pressure 158/92 mmHg, SpO2 91% on air. "
    "Jugular venous pressure raised, bibasal crackles, a 3/6 systolic murmur at the apex, moderate pitting oedema.",
    "Echocardiogram (2026-03-02): LVEDD 62 mm, LVEF 38%, moderate mitral regurgitation.",
    "Plan: furosemide 40 mg IV bid, spironolactone 20 mg daily, sacubitril/valsartan 50 mg bid, ceftriaxone 2.0 g IV "
    "daily after a negative skin test; potassium to be kept at 4.0-5.0 mmol/L.",
)


@dataclass
class Scan:
    """A page that was drawn: its picture and what is printed on it."""

    name: str
    picture: Image.Image
    lines: list[str] = field(default_factory=list)
    rows: list[tuple[str, ...]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All that is printed, in reading order."""
        return "".join(self.lines)


class Sheet:
    """An A4 page to print on; lengths in points from the top left."""

    def __init__(self, name: str, font: str) -> None:
        self._scale = _DRAWN_DPI / 72
        size = tuple(round(side * self._scale) for side in A4)
        self.scan = Scan(name, Image.new("L", size, 255))
        self._pen = ImageDraw.Draw(self.scan.picture)
        self._font = font
        self.y = 60.0

    def measure(self, text: str, size: float) -> float:
        return float(_font(self._font, size).getlength(text)) / self._scale

    def put(self, x: float, top: float, text: str, size: float) -> None:
        self._pen.text((x * self._scale, top * self._scale), text, font=_font(self._font, size), fill=20)

    def rule(self, x0: float, y0: float, x1: float, y1: float) -> None:
        self._pen.line([value * self._scale for value in (x0, y0, x1, y1)], fill=30, width=3)

    def line(self, text: str, x: float = 62.0, size: float = 10.5, step: float = 17.0) -> None:
        self.put(x, self.y, text, size)
        self.scan.lines.append(text)
        self.y += step

    def prose(self, paragraphs: Sequence[str], size: float = 10.5, step: float = 17.0, width: float = 470.0) -> None:
        """Paragraphs, wrapped between any two Han characters or at spaces, until the page is full."""
        for paragraph in paragraphs:
            line = ""
            for token in _tokens(paragraph):
                if self.measure(line + token.rstrip(), size) > width and token not in "，。；：、！？）”%":
                    self.line(line.rstrip(), size=size, step=step)
                    line = token.lstrip()
                else:
                    line += token
                if self.y > A4[1] - 70:
                    return
            self.line(line, size=size, step=step)

    def table(
        self,
        lefts: Sequence[float],
        head: Sequence[str],
        rows: Sequence[Sequence[str]],
        *,
        ruled: str,
        size: float = 9.5,
    ) -> None:
        """A table; `lefts` are the left edges of the columns and the right edge of the last."""
        step = 18.0 if ruled == "grid" else 15.5
        top = self.y
        for number, row in enumerate([head, *rows]):
            for left, cell in zip(lefts, row, strict=False):
                self.put(left + 3, self.y + (step - size) / 2 - 1.5, cell, size)
            if ruled == "grid" or (ruled == "three" and number <= 1):
                self.rule(lefts[0], self.y, lefts[-1], self.y)
            self.scan.lines.extend(row)
            self.y += step
        if ruled != "none":
            self.rule(lefts[0], self.y, lefts[-1], self.y)
        if ruled == "grid":
            for left in lefts:
                self.rule(left, top, left, self.y)
        self.y += 12


def pages(seed: int = 1) -> Iterator[Scan]:
    """One page of every kind and font."""
    chance = random.Random(seed)
    for font in ("Noto Serif CJK", "Noto Sans CJK", "WenQuanYi Zen Hei"):
        sheet = Sheet(f"prose, {font}", font)
        sheet.line("入院记录", x=260, size=15, step=30)
        sheet.prose(chance.sample(ZH_PROSE, len(ZH_PROSE)))
        yield sheet.scan
    for font in ("Liberation Serif", "Liberation Sans"):
        sheet = Sheet(f"English prose, {font}", font)
        sheet.line("Admission note", x=240, size=15, step=30)
        sheet.prose(chance.sample(EN_PROSE, len(EN_PROSE)), step=15)
        yield sheet.scan
    for ruled, font in (("grid", "Noto Serif CJK"), ("three", "WenQuanYi Zen Hei"), ("none", "Noto Sans CJK")):
        yield _report(chance, ruled, font)
        yield _report(chance, ruled, font, size=7.5)
    yield _two_groups(chance, "Noto Serif CJK")
    yield _english_report(chance, "Liberation Sans")


def scanned(scan: Scan, skew: float, *, turned: int = 0, poor: bool = False, seed: int = 1) -> bytes:
    """The page as a PDF of one 150 dpi grey picture, askew by `skew` and turned by `turned` degrees.

    `poor` is a worn copy: paler ink, a shadow over the sheet, soft edges, specks, more noise, stronger compression.
    """
    picture = scan.picture.rotate(skew, fillcolor=255, resample=Image.Resampling.BICUBIC)
    size = (picture.width * DPI // _DRAWN_DPI, picture.height * DPI // _DRAWN_DPI)
    picture = picture.resize(size, Image.Resampling.LANCZOS)
    chance = np.random.default_rng(seed)
    if poor:
        picture = picture.filter(ImageFilter.GaussianBlur(0.7))
    pixels = np.asarray(picture, dtype=np.float32) * 0.96
    if poor:
        pixels = 70 + pixels * 0.7
        pixels *= np.linspace(1.0, 0.8, size[0], dtype=np.float32)
        pixels[chance.random(pixels.shape) < 0.0005] = 60
    pixels += chance.normal(0.0, 12.0 if poor else 6.0, pixels.shape)
    grey = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).rotate(turned, expand=True)
    out = io.BytesIO()
    grey.save(out, "PDF", resolution=DPI, quality=45 if poor else 75)
    return out.getvalue()


def missing_fonts() -> list[str]:
    """Font files that are not there. Debian: apt-get install fonts-noto-cjk fonts-wqy-zenhei fonts-liberation."""
    return [path for path, _ in FONTS.values() if not Path(path).exists()]


@cache
def _font(name: str, size: float) -> Any:
    path, index = FONTS[name]
    return ImageFont.truetype(path, round(size * _DRAWN_DPI / 72), index=index)


@cache
def _catalogue() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))
    return loaded


def _tokens(text: str) -> list[str]:
    tokens: list[str] = []
    for letter in text:
        if tokens and letter.isascii() and tokens[-1][-1].isascii() and not tokens[-1][-1].isspace():
            tokens[-1] += letter
        else:
            tokens.append(letter)
    return tokens


def _results(chance: random.Random, count: int, language: str) -> list[tuple[str, ...]]:
    """(name, abbreviation, value, flag, unit, reference) of analytes of the sample laboratory."""
    analytes = _catalogue()["analytes"]
    rows = []
    for key in chance.sample(sorted(analytes), count):
        spec = analytes[key]
        low, high = spec["ref"]["m"] if isinstance(spec["ref"], dict) else spec["ref"]
        low, high = (0.2 * high if low is None else low), (2 * low if high is None else high)
        value = chance.uniform(low - 0.3 * (high - low), high + 0.5 * (high - low))
        printed = f"{max(value, 0.01):.{spec['dp']}f}"
        marks = ("↓", "↑") if language == "zh" else ("L", "H")
        flag = marks[0] if float(printed) < low else marks[1] if float(printed) > high else ""
        unit = spec["unit"].replace("umol", "μmol") if language == "zh" else spec["unit"]
        rows.append((spec[language], spec["short"], printed, flag, unit, f"{low:g}-{high:g}"))
    return rows


_HEAD_LINES = 3


def _report_head(sheet: Sheet, title: str) -> None:
    sheet.line(title, x=220, size=15, step=28)
    sheet.line("姓名：周某某  性别：男  年龄：66岁  住院号：00831274", size=9.5)
    sheet.line("标本：静脉血  采集时间：2026-03-02 06:10  报告时间：2026-03-02 09:42", size=9.5, step=20)


def _report(chance: random.Random, ruled: str, font: str, size: float = 9.5) -> Scan:
    kind = {"grid": "ruled report", "three": "three-line report", "none": "aligned report"}[ruled]
    sheet = Sheet(f"{kind}, {size:g} pt, {font}", font)
    _report_head(sheet, "检验报告单")
    rows = _results(chance, 24, "zh")
    head = ("项目名称", "缩写", "结果", "提示", "单位", "参考区间")
    sheet.table((60, 205, 275, 330, 365, 440, 535), head, rows, ruled=ruled, size=size)
    sheet.scan.rows = rows
    sheet.line("检验者：李某  审核者：王某", size=9.5)
    return sheet.scan


def _two_groups(chance: random.Random, font: str) -> Scan:
    sheet = Sheet(f"two-group report, {font}", font)
    _report_head(sheet, "血液分析报告单")
    rows = [(name, value, flag, reference) for name, _, value, flag, _, reference in _results(chance, 36, "zh")]
    pairs = [(*left, *right) for left, right in zip(rows[:18], rows[18:], strict=True)]
    head = ("项目", "结果", "提示", "参考区间")
    sheet.table((48, 170, 210, 238, 305, 427, 467, 495, 560), (*head, *head), pairs, ruled="three", size=8.5)
    sheet.scan.rows = rows
    # one table with one header is what two groups side by side amount to
    sheet.scan.lines = [line for line in sheet.scan.lines if line not in head]
    sheet.scan.lines[_HEAD_LINES:_HEAD_LINES] = head
    return sheet.scan


def _english_report(chance: random.Random, font: str) -> Scan:
    sheet = Sheet(f"English report, {font}", font)
    sheet.line("Laboratory report", x=230, size=15, step=28)
    sheet.line("Sample: venous blood   Collected: 2026-03-02 06:10   Reported: 2026-03-02 09:42", size=9.5, step=20)
    rows = [(name, value, flag, unit, ref) for name, _, value, flag, unit, ref in _results(chance, 24, "en")]
    sheet.table(
        (60, 215, 285, 325, 420, 535), ("Test", "Result", "Flag", "Unit", "Reference range"), rows, ruled="grid"
    )
    sheet.scan.rows = rows
    return sheet.scan
