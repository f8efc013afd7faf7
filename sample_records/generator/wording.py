"""Fixed words of printed documents: titles, labels and table headers, Chinese and English."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Wording:
    """What one language prints. `exam` labels: findings, conclusion, signature."""

    exam_head: str
    exam: tuple[str, str, str]
    lab_header: tuple[str, ...]
    lab_tail: str
    orders: tuple[str, str]
    orders_header: tuple[str, ...]
    vitals: str
    vitals_header: tuple[str, ...]
    nursing: str
    nursing_header: tuple[str, ...]
    signed: str


CHINESE = Wording(
    exam_head="检查时间：{time}    检查部位：{part}",
    exam=("检查所见：", "检查提示：", "报告医师："),
    lab_header=("项目名称", "结果", "提示", "单位", "参考值"),
    lab_tail="检验者：{0}    审核者：{1}    备注：本报告仅对所检标本负责",
    orders=("长期医嘱单", "临时医嘱单"),
    orders_header=("开始时间", "医嘱内容", "医师", "护士", "停止时间"),
    vitals="体温单（生命体征记录）",
    vitals_header=(
        *("日期", "时间", "体温(℃)", "脉搏(次/分)", "呼吸(次/分)", "血压(mmHg)"),
        *("SpO2(%)", "入量(ml)", "出量(ml)", "体重(kg)"),
    ),
    nursing="一般护理记录单",
    nursing_header=("时间", "病情观察及护理措施", "签名"),
    signed="医师签名：",
)
ENGLISH = Wording(
    exam_head="Date: {time}    Region: {part}",
    exam=("Findings: ", "Conclusion: ", "Reported by "),
    lab_header=("Test", "Result", "Flag", "Units", "Reference range"),
    lab_tail="Authorised electronically. Results relate to the sample received.",
    orders=("Regular prescriptions", "Once-only prescriptions and requests"),
    orders_header=("Start", "Prescription", "Prescriber", "Nurse", "Stop"),
    vitals="Observation chart",
    vitals_header=("Date", "Time", "Temp (°C)", "Pulse", "Resp", "BP (mmHg)", "SpO2 (%)", "In (ml)", "Out (ml)", "Kg"),
    nursing="Nursing notes",
    nursing_header=("Time", "Nursing note", "Signed"),
    signed="Signed: ",
)
NUMBERED_LAB_HEADER = ("序号", "项目名称", "缩写", "结果", "标志", "单位", "参考区间")
