"""How a language prints its records: the font, how lines break, and the words around the text."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Look:
    """Title, font, wrapping rule of reportlab, and the words of the framed form; `{}` stands for what is printed."""

    title: str
    font: str
    wrap: str | None
    indent: float
    form_heading: str
    header: str
    footer: str
    page: str


CHINESE = Look(
    title="出院记录",
    font="STSong-Light",  # a CID font that every PDF reader knows: no font file is needed
    wrap="CJK",
    indent=21,
    form_heading="【{}】",
    header="姓名：某某    科室：某科    住院号：{}",
    footer="示例医院住院病历",
    page="第 {} 页 共 {} 页",
)
ENGLISH = Look(
    title="HISTORY AND PHYSICAL",
    font="Times-Roman",
    wrap=None,
    indent=0,
    form_heading="{}: ",
    header="Name: Doe    Service: General    MRN: {}",
    footer="Example Hospital",
    page="Page {} of {}",
)
