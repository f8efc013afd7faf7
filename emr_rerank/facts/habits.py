"""Smoking and drinking: amount, years, when it was given up; denials too."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from emr_rerank.facts.context import assertion_of
from emr_rerank.facts.dosing import number
from emr_rerank.facts.notes import OTHER_PERSON
from emr_rerank.facts.passage import Passage
from emr_rerank.facts.stated import NONE, stated_fact
from emr_rerank.findings import Fact, Habit
from emr_rerank.record import Assertion
from emr_rerank.rules.habits import HabitKind, HabitName, habit_patterns
from emr_rerank.rules.numerals import numeral

NAMES: dict[HabitName, str] = {"tobacco": "tobacco_use", "alcohol": "alcohol_use"}
_DISPLAY = {"tobacco_use": ("吸烟", "smoking"), "alcohol_use": ("饮酒", "alcohol")}
_SECTIONS = frozenset(
    {
        "personal_history", "past_history", "present_illness", "admission_note", "nursing_record", "case_features",
        "demographics", "first_progress_note", "family_history", "progress_note", "marital_history",
        "discharge_summary", "admission_condition", "other", "preamble", "consultation", "preoperative_summary",
        "anesthesia_record", "ward_round", "transfer_note", "stage_summary", "hospital_course",
    }
)  # fmt: skip
_CIGARETTES = {
    "支": 1,
    "根": 1,
    "包": 20,
    "盒": 20,
    "pack": 20,
    "packs": 20,
    "ppd": 20,
    "cigarette": 1,
    "cigarettes": 1,
}
"""A pack holds 20 cigarettes (WHO, STEPS manual)."""
_MILLILITRES = {"ml": 1, "毫升": 1, "两": 50, "斤": 500, "瓶": 500}
"""A liang is 50 mL, a jin 500 mL, a bottle of Chinese beer 500 mL."""
_STOPS = re.compile(r"[。；;\n\t]|\.(?=\s|$)")


@dataclass(frozen=True)
class _Part:
    """The stretch of a sentence that tells of one habit."""

    habit: HabitName
    start: int
    end: int
    subject: tuple[int, int]


def habit_facts(passage: Passage) -> Iterator[Fact]:
    """Facts 'tobacco_use' and 'alcohol_use' of kind diagnosis; value 'none' where denied."""
    if passage.sentence.section_code not in _SECTIONS:
        return
    for part in _parts(passage):
        yield from _facts(passage, part)


def _parts(passage: Passage) -> list[_Part]:
    """Each subject reaches from the last border before it to the next subject of the other habit."""
    text = passage.text
    found = [
        (match.start(), match.end(), habit)
        for pattern, habit in habit_patterns("subject", passage.rules_dir)
        for match in pattern.finditer(text)
    ]
    found.sort(key=lambda each: (each[0], -(each[1])))
    parts: list[_Part] = []
    for start, end, habit in found:
        if habit is None or (parts and start < parts[-1].subject[1]):
            continue
        stops = [stop.end() for stop in _STOPS.finditer(text, 0, start)]
        left = stops[-1] if stops else 0
        if parts and parts[-1].end > left:
            if parts[-1].habit == habit:
                continue
            comma = max(text.rfind(sign, parts[-1].subject[1], start) for sign in "，,、") + 1
            left = max(left, comma, parts[-1].subject[1])
            parts[-1] = _Part(parts[-1].habit, parts[-1].start, left, parts[-1].subject)
        stop = _STOPS.search(text, end)
        parts.append(_Part(habit, left, stop.start() if stop else len(text), (start, end)))
    return parts


def _facts(passage: Passage, part: _Part) -> Iterator[Fact]:
    start, end = part.subject
    text = _told(passage, part)
    if _search(passage, "not_a_statement", passage.text[part.start : _clause_end(passage.text, end, part.end)]):
        return
    assertion, _ = assertion_of(passage.sentence.text, start, end, passage.sentence.section_code, passage.rules_dir)
    habit = _read(passage, text, "tobacco" if part.habit == "tobacco" else "alcohol")
    denied = _denied(passage, part, assertion, habit)
    if part.habit == "both" and not denied:
        return
    said: Assertion = "family" if assertion == "family" else "absent" if denied else "present"
    names: tuple[HabitName, ...] = ("tobacco", "alcohol") if part.habit == "both" else (part.habit,)
    for each in names:
        yield _fact(passage, part, NAMES[each], Habit() if denied else habit, said)


def _told(passage: Passage, part: _Part) -> str:
    """The clauses that tell of the habit: the subject's, one before it that counts, and those behind that go on.

    糖尿病史6年，否认饮酒 and 有吸烟史，高血压10年 tell no years of the habit.
    """
    text, (start, end) = passage.text, part.subject
    left = max(part.start, max(text.rfind(sign, part.start, start) for sign in "，,") + 1)
    before = max(part.start, max(text.rfind(sign, part.start, max(left - 1, part.start)) for sign in "，,") + 1)
    if before < left and _search(passage, "amount", text[before:left]):
        left = before
    right = _clause_end(text, end, part.end)
    while right < part.end and _search(passage, "goes_on", text[right + 1 : part.end]):
        right = _clause_end(text, right + 1, part.end)
    return text[left:right]


def _clause_end(text: str, start: int, limit: int) -> int:
    """Where the subject's clause ends: advice behind it is a matter of its own (吸烟35年，建议戒烟)."""
    return min((at for sign in "，," if (at := text.find(sign, start, limit)) >= 0), default=limit)


def _denied(passage: Passage, part: _Part, assertion: Assertion, habit: Habit) -> bool:
    """Whether the habit is denied: by context, or by a word right before or behind it; figures speak against it."""
    if habit.amount not in (None, "occasional") or habit.years or habit.quit:
        return False
    if assertion == "absent":
        return True
    start, end = part.subject
    text = passage.text
    comma = max(text.rfind(sign, 0, start) for sign in "，,") + 1
    near = text[max(part.start, comma, start - 12) : end]
    behind = text[end : end + 12]
    denial = _search(passage, "denied", near)
    return bool(denial and habit.amount is None) or bool(
        re.match(r"\s*(?:史|use)?\s*[:：]?\s*(?:无|否|不沾|none|no\b|never|denies)", behind, re.IGNORECASE)
    )


def _search(passage: Passage, kind: HabitKind, text: str) -> re.Match[str] | None:
    return next(
        (found for pattern, _ in habit_patterns(kind, passage.rules_dir) if (found := pattern.search(text))), None
    )


def _read(passage: Passage, text: str, habit: HabitName) -> Habit:
    quit_ = _search(passage, "quit", text)
    rest = text if quit_ is None else text[: quit_.start()] + " " * (quit_.end() - quit_.start()) + text[quit_.end() :]
    index = _search(passage, "index", rest)
    rest = rest if index is None else rest[: index.start()] + " " * (index.end() - index.start()) + rest[index.end() :]
    told = _search(passage, "amount", rest)
    years = _search(passage, "years", rest)
    printed = _amount(told, habit) if told else _index(index) if index else None
    if printed is None and _search(passage, "occasional", rest):
        printed = "occasional"
    lasted = numeral(_first(years, "n")) if years else None
    return Habit(amount=printed, years=lasted[0] if lasted else None, quit=_quit(quit_) if quit_ else None)


def _amount(found: re.Match[str], habit: HabitName) -> str | None:
    unit = _first(found, "unit").lower()
    span = re.split(r"\s*(?:[-~～至]|to)\s*", _first(found, "n"))
    week = re.search(r"week|周", found["per"] if "per" in found.groupdict() and found["per"] else "") is not None
    per = "week" if week else "day"
    factor = (_CIGARETTES if habit == "tobacco" else _MILLILITRES).get(unit)
    half = 0.5 if found.string.startswith("半", found.end()) else 0.0
    ends = [end for each in span for end in numeral(each) or ()]
    if not ends:
        return None
    shown = _range((end + half) * (factor or 1) for end in ends)
    if factor is None:
        return f"{shown} {unit}/{per}"
    return f"{shown}/{per}" if habit == "tobacco" else f"{shown} mL/{per}"


def _index(found: re.Match[str]) -> str:
    unit = _first(found, "unit").lower()
    return f"{_first(found, 'n')} {'pack-years' if unit.startswith(('pack', '包')) else 'cigarette-years'}"


def _quit(found: re.Match[str]) -> str:
    groups = found.groupdict()
    if groups.get("year"):
        return str(groups["year"])
    if _first(found, "n"):
        unit = _first(found, "unit")
        name = "months" if re.search("月|month", unit) else "weeks" if re.search("周|week", unit) else "years"
        ends = numeral(_first(found, "n"))
        return f"{_range(ends)} {name}" if ends else "yes"
    return "yes"


def _range(ends: Iterable[float]) -> str:
    """3, or 3-4 where the ends differ."""
    return "-".join(dict.fromkeys(map(number, ends)))


def _first(found: re.Match[str], group: str) -> str:
    return next((text for name, text in found.groupdict().items() if text and re.fullmatch(rf"{group}\d?", name)), "")


def _fact(passage: Passage, part: _Part, name: str, habit: Habit, assertion: Assertion) -> Fact:
    text = passage.sentence.text
    start, end = part.start, part.end
    while start < end and text[start] in " \t，,、:：":
        start += 1
    while end > start and text[end - 1] in " \t，,。；;、.":
        end -= 1
    return stated_fact(
        passage,
        "diagnosis",
        name,
        _value(habit, denied=assertion == "absent"),
        (start, end),
        display=_DISPLAY[name][0 if passage.chinese else 1],
        assertion=assertion,
        notes=(OTHER_PERSON,) if assertion == "family" else (),
        details=habit,
    )


def _value(habit: Habit, *, denied: bool) -> str:
    """The habit in words: 20/day, 30 years, quit 5 years."""
    if denied:
        return NONE
    parts = [habit.amount, f"{number(habit.years)} years" if habit.years else None]
    parts.append(None if habit.quit is None else "quit" if habit.quit == "yes" else f"quit {habit.quit}")
    return ", ".join(part for part in parts if part) or "yes"
