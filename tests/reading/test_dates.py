"""Dates that sentences state, and those they must not be taken to state."""

import datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emr_rerank.reading.dates import OwnDate, date_reader
from emr_rerank.rules.days import Stay

DOCUMENT = "2026-03-05T08:30"
STAY = Stay(admission=datetime.date(2026, 3, 1), operations=(datetime.date(2026, 3, 3),))

RESOLVED = [
    ("于2016-10-29；11：12入院", "2016-10-29T11:12", "dates.any.year_month_day"),
    ("2016年03月22日14:50入院", "2016-03-22T14:50", "dates.zh.year_month_day"),
    ("2016年3月22日14时5分", "2016-03-22T14:05", "dates.zh.year_month_day"),
    ("2016--10--1收入院", "2016-10-01", "dates.any.year_month_day"),
    ("2026-03-0508:30查房", "2026-03-05T08:30", "dates.any.year_month_day"),
    ("2017/01/13复查", "2017-01-13", "dates.any.year_month_day"),
    ("3月4日复查肌酐108", "2026-03-04", "dates.zh.month_day"),
    ("12月30日外院CT", "2025-12-30", "dates.zh.month_day"),
    ("肌酐稳定，3.12复查血常规", "2026-03-12", "dates.zh.month_day_dotted"),
    ("术后第3天", "2026-03-06", "dates.zh.postoperative_day"),
    ("术后第三天", "2026-03-06", "dates.zh.postoperative_day"),
    ("入院第2天", "2026-03-02", "dates.zh.hospital_day"),
    ("今日复查", "2026-03-05", "dates.zh.today"),
    ("昨日尿量1500ml", "2026-03-04", "dates.zh.yesterday"),
    ("入院时肌酐72μmol/L", "2026-03-01", "dates.zh.on_admission"),
    ("3天前受凉", "2026-03-02", "dates.zh.days_ago"),
    ("On March 4, 2026 creatinine was 1.2", "2026-03-04", "dates.en.month_day_year"),
    ("4 March 2026 at 14:05", "2026-03-04T14:05", "dates.en.day_month_year"),
    ("POD 2, afebrile", "2026-03-05", "dates.en.postoperative_day"),
    ("Hospital day 3", "2026-03-03", "dates.en.hospital_day"),
    ("Seen yesterday", "2026-03-04", "dates.en.yesterday"),
    ("Scan on 03/25/2026", "2026-03-25", "dates.any.day_month_year"),
    ("2017-01-14日22:38分收入院", "2017-01-14T22:38", "dates.any.year_month_day"),
    ("2016--10-5泌尿系造影", "2016-10-05", "dates.any.year_month_day"),
    ("5.2026-03-04复查", "2026-03-04", "dates.any.year_month_day"),
    ("20160911我院胸片", "2016-09-11", "dates.any.eight_digits"),
    ("3月4日下午3时20分发热", "2026-03-04T15:20", "dates.zh.month_day"),
    ("今晨06:30空腹血糖5.8", "2026-03-05T06:30", "dates.zh.today"),
    ("今晚8时输血", "2026-03-05T20:00", "dates.zh.today"),
    ("凌晨2时烦躁", "2026-03-05T02:00", "dates.zh.small_hours"),
    ("上周一输血2U", "2026-02-23", "dates.zh.last_week"),
    ("30分钟前抽搐", "2026-03-05", "dates.zh.minutes_ago"),
    ("大前天输血2U", "2026-03-02", "dates.zh.three_days_before"),
    ("4日复查胸片", "2026-03-04", "dates.zh.day_of_month"),
    ("28日复查胸片", "2026-02-28", "dates.zh.day_of_month"),
    ("3小时前胸痛", "2026-03-05", "dates.zh.hours_ago"),
    ("12小时前胸痛", "2026-03-04", "dates.zh.hours_ago"),
    ("术后次日排气", "2026-03-04", "dates.zh.postoperative_next_day"),
    ("手术次日换药", "2026-03-04", "dates.zh.postoperative_next_day"),
    ("2026-03-04就诊，当日入院", "2026-03-04", "dates.any.year_month_day"),
    ("HD 3: diarrhea", "2026-03-03", "dates.en.hospital_day"),
    ("Mar 4th dialysis", "2026-03-04", "dates.en.month_day"),
    ("与家属于3月4日谈话", "2026-03-04", "dates.zh.month_day"),
    ("Follow-up CT on March 4, 2026 showed less fluid", "2026-03-04", "dates.en.month_day_year"),
    ("fever due to pneumonia on March 4", "2026-03-04", "dates.en.month_day"),
    ("on 4 Mar she fell", "2026-03-04", "dates.en.day_month"),
    ("two days prior to admission", "2026-02-27", "dates.en.before_admission_days"),
]


@pytest.mark.parametrize(("text", "iso", "rule"), RESOLVED)
def test_resolved(text: str, iso: str, rule: str) -> None:
    assert date_reader().own_date(text, DOCUMENT, STAY) == OwnDate(True, iso, rule)


@pytest.mark.parametrize(
    "text",
    [
        "2016年行阑尾切除术",
        "3月前胸痛",
        "十余年前",
        "三四天前受凉",
        "两三天前受凉",
        "2-3天前受凉",
        "2～3日前受凉",
        "三五小时前胸痛",
        "于2016-10-14及2016-10-16复查",
        "02/03/2026",
        "2026-02-30",
        "three weeks ago",
        "in 2019",
        "去年行支架植入",
        "seen on 04/22/03",
        "surgery in 03/2008",
        "a couple of days ago he fell",
        "last week",
        "3月3日行造影，次日出院",
        "次日复查",
    ],
)
def test_stated_but_not_resolvable_is_null(text: str) -> None:
    assert date_reader().own_date(text, DOCUMENT, STAY) == OwnDate(stated=True)


@pytest.mark.parametrize(
    "text",
    [
        "血钾3.12mmol/L",
        "血钾3.12，继续补钾",
        "白蛋白31.2",
        "T36.5℃P80次/分R18次/分BP120/80mmHg",
        "反复胸闷3年，加重1天",
        "肌酐较入院时升高",
        "口服2片/日，共3天",
        "出生日期：1958-03-02",
        "前列腺增生",
        "pH 7.35, 2-3 mg",
        "明显好转",
        "3日未解大便",
        "共住院12日",
        "明日复查血常规",
        "下周一复查血常规",
        "拟3月8日行造影",
        "计划8日拔管",
        "3月20日门诊复诊",
        "肌酐较入院时下降",
        "与2026-03-01CT比较吸收",
        "1958-03-02出生",
        "a son, born on October 31, 2008",
        "精液HD50%",
        "CT号20160911",
        "Follow up with Dr. Chen on March 20, 2026",
        "compared with 2026-03-01, smaller",
        "plan for discharge tomorrow",
        "Ertapenem 1 g IV daily through 2026-03-12",
    ],
)
def test_no_date(text: str) -> None:
    assert date_reader().own_date(text, DOCUMENT, STAY) == OwnDate()


def test_a_following_day_counts_from_the_sentence_before() -> None:
    first = date_reader().own_date("3月3日行造影。", DOCUMENT, STAY)
    assert date_reader().own_date("次日出院。", DOCUMENT, STAY, first.named).iso == "2026-03-04"


def test_hours_count_from_the_clock_of_the_document_alone() -> None:
    assert date_reader().own_date("3小时前胸痛", "2026-03-05", STAY) == OwnDate(stated=True)


def test_what_a_date_is_for() -> None:
    mentions = date_reader().mentions("肌酐较3月1日下降，今日出院，拟3月20日复诊", DOCUMENT, STAY)
    assert [(mention.iso, mention.role) for mention in mentions] == [
        ("2026-03-01", "compared"),
        ("2026-03-05", "own"),
        ("2026-03-20", "planned"),
    ]


@given(st.text(alphabet="0123456789年月日号时点分前后第今昨明次当术入院天小-/.:：，。 aAdmyPOD", max_size=40))
def test_any_text_is_read_without_overlap(text: str) -> None:
    mentions = date_reader().mentions(text, DOCUMENT, STAY)
    assert all(0 <= mention.start < mention.end <= len(text) for mention in mentions)
    assert all(one.end <= other.start for one, other in pairwise(mentions))


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("6月20日门诊复诊", "2026-06-20"),
        ("拟6月20日返院", "2026-06-20"),
        ("计划28日拔管", "2026-03-28"),
    ],
)
def test_a_plan_lies_ahead(text: str, iso: str) -> None:
    (mention,) = date_reader().mentions(text, DOCUMENT, STAY)
    assert (mention.iso, mention.role) == (iso, "planned")


def test_a_plan_may_lie_in_the_next_year() -> None:
    (mention,) = date_reader().mentions("拟1月5日返院化疗", "2025-12-20", STAY)
    assert (mention.iso, mention.role) == ("2026-01-05", "planned")


def test_unknown_operation_or_admission_stays_null() -> None:
    assert date_reader().own_date("术后第3天", DOCUMENT, Stay()) == OwnDate(stated=True)
    assert date_reader().own_date("今日出院", None, Stay()) == OwnDate(stated=True)


def test_the_last_operation_before_the_note_counts() -> None:
    stay = Stay(operations=(datetime.date(2026, 2, 1), datetime.date(2026, 3, 3), datetime.date(2026, 4, 1)))
    assert date_reader().own_date("术后第2天", DOCUMENT, stay).iso == "2026-03-05"


@pytest.mark.parametrize(
    ("record", "month_first"),
    [
        ("03/25/2026", True),
        ("25/03/2026", False),
        ("02/03/2026", None),
        ("25/03/2026 03/25/2026", None),
        ("Admitted 2026-05-03. 05/03/2026 20:15", True),
        ("Admitted 3 May 2026. 03/05/2026 20:15", False),
        ("Admitted 2026-05-03, due 2026-03-05. 05/03/2026", None),
        ("Admitted 2026-05-03. 05/07/2026", None),
        ("Admitted 2026-05-03. 05/03/2026 25/03/2026", False),
        ("Admitted 2026-05-05. 05/05/2026", None),
    ],
)
def test_day_order_is_read_from_the_record(record: str, month_first: bool | None) -> None:
    assert date_reader().month_first(record) == month_first


def test_labels_are_taken_best_first() -> None:
    text = "报告时间：2026-03-02 08:00 采样时间：2026-03-02 06:10"
    assert date_reader().labelled_date(text, ("采样时间", "报告时间")) == "2026-03-02T06:10"
    assert date_reader().labelled_date("入院日期：2026-03-02", ("日期",)) is None


@pytest.mark.parametrize(
    ("text", "iso"),
    [("曾于2024-01-05出院，2026-03-09出院", "2026-03-09"), ("2026-03-09复查，拟出院", None), ("今日出院", None)],
)
def test_a_date_is_known_by_the_words_behind_it(text: str, iso: str | None) -> None:
    assert date_reader().cued_date(text, "[^。；，]{0,8}出院") == iso
