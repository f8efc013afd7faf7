"""What the documents say: notes and laboratory values of the invented sample records."""

import random
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from benchmarks.printed.document import Text
from sample_records.generator.laboratory import laboratory

_CONTENT = Path(__file__).parents[2] / "sample_records" / "generator" / "content"
Row = tuple[str, ...]


@lru_cache
def record(name: str) -> dict[str, Any]:
    """The content file of one sample record."""
    data: dict[str, Any] = yaml.safe_load((_CONTENT / f"{name}.yaml").read_text(encoding="utf-8"))
    return data


def notes(name: str) -> list[Text]:
    """Every note of a record: titles, headings and paragraphs as a hospital prints them."""
    blocks: list[Text] = []
    for document in record(name)["documents"]:
        if document["type"] == "note":
            blocks += _note(document)
        elif document["type"] == "progress":
            blocks.append(Text(document["title"], "title"))
            for when, title, _, text, *signed in document["notes"]:
                blocks.append(Text(f"{when} {title}", "heading"))
                blocks += [Text(part) for part in text.split("\n")]
                blocks += [Text(f"医师签名：{name}", "line") for name in signed]
    return blocks


def _note(document: dict[str, Any]) -> list[Text]:
    blocks = [Text(document["title"], "title")]
    for _, heading, text in document["parts"]:
        if heading.startswith("#"):
            blocks.append(Text(heading[1:], "heading"))
            heading = ""
        first, *more = text.split("\n")
        blocks += [Text(heading + first), *(Text(part) for part in more)]
    if document.get("sign"):
        blocks.append(Text(" ".join(document["sign"].split()), "line"))
    return blocks


@lru_cache
def analytes(*, english: bool = False) -> list[tuple[Row, Row]]:
    """((item, abbreviation), (result, unit, reference, flag)) of every analyte of the invented laboratories."""
    chance = random.Random(20260302)
    rows = []
    for spec in laboratory()["analytes"].values():
        bounds = spec["ref"]["m"] if isinstance(spec["ref"], dict) else spec["ref"]
        low, high = (bounds[0] or 0.0), (bounds[1] or (bounds[0] or 1.0) * 1.8)
        value = chance.uniform(low - 0.3 * (high - low), high + 0.4 * (high - low))
        value = abs(value) or high
        flag = "↑" if value > high and bounds[1] is not None else "↓" if value < low and bounds[0] is not None else ""
        flag = {"↑": "H", "↓": "L"}.get(flag, "") if english else flag
        printed = f"{value:.{spec['dp']}f}"
        name = spec["en" if english else "zh"]
        unit = spec["unit"] if english else spec["unit"].replace("umol", "μmol")
        rows.append(((name, spec["short"]), (printed, unit, _range(bounds, spec["dp"]), flag)))
    return rows


def _range(bounds: list[float | None], digits: int) -> str:
    low, high = (None if bound is None else f"{bound:.{digits}f}" for bound in bounds)
    return f"<{high}" if low is None else f"≥{low}" if high is None else f"{low}-{high}"


ORDERS: list[Row] = [
    ("03-02 10:00", "肾内科护理常规", "", "", "", "林小舟", "03-18 09:00"),
    ("03-02 10:00", "一级护理", "", "", "", "林小舟", "03-08 09:00"),
    ("03-02 10:00", "低盐低钾优质低蛋白饮食", "", "", "qd", "林小舟", "03-18 09:00"),
    ("03-02 10:05", "呋塞米注射液", "40mg", "静脉注射", "bid", "林小舟", "03-06 09:00"),
    ("03-02 10:10", "苯磺酸氨氯地平片", "5mg", "口服", "qd", "郑启明", "03-18 09:00"),
    ("03-02 10:20", "硝酸甘油注射液10mg+0.9%氯化钠注射液50ml", "3ml/h", "静脉泵入", "持续", "郑启明", "03-03 08:30"),
    ("03-03 09:00", "重组人促红素注射液", "10000IU", "皮下注射", "每周1次", "林小舟", "03-18 09:00"),
    ("03-03 09:05", "碳酸氢钠片", "1.0g", "口服", "tid", "林小舟", "03-18 09:00"),
    ("03-04 09:30", "聚苯乙烯磺酸钙散", "5g", "口服", "tid", "林小舟", "03-07 09:00"),
    ("03-06 09:10", "呋塞米片", "20mg", "口服", "bid", "林小舟", "03-18 09:00"),
]
VITALS: list[Row] = [
    ("03-02 10:00", "36.8", "98", "23", "158/92", "95", "患者轮椅入院，气促，半卧位，予吸氧2L/min，心电监护。"),
    ("03-02 14:00", "36.7", "94", "22", "152/90", "96", "呋塞米40mg静脉注射后排尿350ml，气促稍缓解。"),
    ("03-02 20:00", "36.6", "92", "21", "150/88", "96", "夜间高枕卧位，未诉胸痛。"),
    ("03-03 06:00", "36.5", "88", "20", "146/86", "97", "24小时入量1100ml，尿量1150ml，体重72.1kg。"),
    ("03-03 14:00", "36.5", "86", "20", "142/84", "96", "皮肤完整，双下肢凹陷性水肿较前减轻，指导低盐低钾饮食。"),
    ("03-04 06:00", "36.5", "83", "19", "140/84", "97", "24小时入量1200ml，尿量1850ml。"),
]
ASSESSMENT: list[Row] = [
    ("压疮风险（Braden）", "16分", "18分", "19分"), ("跌倒风险（Morse）", "50分", "45分", "30分"),
    ("自理能力（Barthel）", "55分", "70分", "85分"), ("疼痛评分（NRS）", "3分", "1分", "0分"),
    ("营养风险（NRS2002）", "2分", "2分", "1分"), ("静脉血栓风险（Padua）", "3分", "2分", "2分"),
]  # fmt: skip
LONG_NAMES: list[Row] = [
    ("N末端B型利钠肽前体（NT-proBNP）定量测定", "9860", "pg/mL", "<450（50岁以下）<900（50至75岁）", "↑"),
    ("天门冬氨酸氨基转移酶/丙氨酸氨基转移酶比值", "1.14", "", "0.80-1.50", ""),
    ("钾", "5.92", "mmol/L", "3.50-5.30", "↑"),
    ("估算肾小球滤过率（CKD-EPI公式）", "21", "mL/min/1.73m2", "≥90", "↓"),
    ("肌酐", "268", "μmol/L", "57-111", "↑"),
    ("抗中性粒细胞胞浆抗体（髓过氧化物酶型）", "阴性", "", "阴性", ""),
    ("尿素", "19.8", "mmol/L", "3.6-9.5", "↑"),
    ("超敏C反应蛋白", "12.6", "mg/L", "0.0-10.0", "↑"),
    ("抗肾小球基底膜抗体（化学发光法）", "<2.0", "RU/mL", "0.0-20.0", ""),
    ("二氧化碳结合力", "16.4", "mmol/L", "22.0-29.0", "↓"),
    ("白细胞计数", "6.82", "10^9/L", "3.50-9.50", ""),
    ("高敏肌钙蛋白I（化学发光微粒子免疫检测法）", "18.6", "ng/L", "<34.2", ""),
]
MERGED: list[tuple[str | None, ...]] = [
    ("肾功能", "肌酐", "268", "μmol/L", "57-111", "↑"), (None, "尿素", "19.8", "mmol/L", "3.6-9.5", "↑"),
    (None, "尿酸", "512", "μmol/L", "208-428", "↑"), (None, "胱抑素C", "2.61", "mg/L", "0.55-1.10", "↑"),
    ("电解质", "钾", "5.92", "mmol/L", "3.50-5.30", "↑"), (None, "钠", "136", "mmol/L", "137-147", "↓"),
    (None, "氯", "104", "mmol/L", "99-110", ""), (None, "钙", "2.02", "mmol/L", "2.11-2.52", "↓"),
    ("血气分析", "酸碱度", "7.31", "", "7.35-7.45", "↓"), (None, "二氧化碳分压", "34.0", "mmHg", "35.0-45.0", "↓"),
    (None, "氧分压", "78.0", "mmHg", "80.0-100.0", "↓"),
]  # fmt: skip
TREND: list[Row] = [
    ("肌酐", "268", "312", "186", "132", "μmol/L", "57-111"),
    ("尿素", "19.8", "22.4", "11.6", "9.8", "mmol/L", "3.6-9.5"),
    ("钾", "5.92", "4.81", "", "4.35", "mmol/L", "3.50-5.30"), ("血红蛋白", "91", "", "94", "98", "g/L", "130-175"),
    ("N末端B型利钠肽前体", "9860", "", "3120", "1180", "pg/mL", "<450"),
    ("C反应蛋白", "12.6", "8.1", "", "3.0", "mg/L", "<10.0"),
    ("白细胞计数", "6.82", "7.10", "6.44", "6.20", "10^9/L", "3.50-9.50"),
]  # fmt: skip
FORM: list[Row] = [
    ("姓名", "周国梁", "性别", "男"), ("年龄", "67岁", "出生日期", "1958-08-14"), ("婚姻", "已婚", "职业", "退休工人"),
    ("入院时间", "2026-03-02 09:40", "出院时间", "2026-03-18 10:30"), ("入院科别", "肾内科", "出院科别", "肾内科"),
    ("主要诊断", "慢性肾脏病4期急性加重", "药物过敏", "磺胺类"), ("血型", "A型 Rh阳性", "离院方式", "医嘱离院"),
]  # fmt: skip
CONSENT = [
    "患者姓名：周国梁    性别：男    年龄：67岁    住院号：2603021187",
    "目前诊断：慢性肾脏病4期急性加重；高钾血症；慢性心力衰竭急性加重。",
    "拟行操作：右颈内静脉临时透析导管置入术。 项目费用按医院收费标准执行，单位职工凭参考目录报销。",
    "1.出血、血肿，必要时压迫止血或手术；2.气胸、血胸；3.感染、发热；4.导管堵塞、移位。",
    "体温36.8℃    脉搏98次/分    呼吸23次/分    血压158/92mmHg    血氧饱和度95%",
    "项目齐全、结果真实、单位统一、参考范围以检验科公布为准，提示异常者以医师解释为准。",
    "患者签名：            与患者关系：            日期：2026年03月02日",
    "医师签名：林小舟            时间：2026-03-02 16:30",
]
