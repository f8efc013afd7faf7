"""What an answer says in words, in the language of the question; the words are in rules/messages.yaml."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from emr_rerank.display import number
from emr_rerank.findings import Conflict, Evidence, Fact, KidneyInjury, Question, Status, Trend
from emr_rerank.rules.analytes import catalogue
from emr_rerank.rules.messages import say


def word_answer(
    question: Question,
    status: Status,
    evidence: Sequence[Evidence],
    facts: Sequence[Fact],
    trends: Sequence[Trend],
    conflicts: Sequence[Conflict],
    rules: Path | None,
    changes: Sequence[tuple[str, str]] = (),
) -> str:
    """One or a few sentences: the change, the value, or where the evidence stands; or why there is no answer.

    `changes`: (what it is called, ISO day) of matters that changed during the stay; told behind an answer.
    """
    if status == "insufficient_evidence":
        return say("insufficient", question.language, rules)
    if status == "conflicting":
        ranks = {rank for conflict in conflicts for rank in conflict.evidence}
        sides = [item for item in evidence if item.rank in ranks]
        return say("conflicting", question.language, rules, places=_places(question, sides, rules))
    told = [say("changed", question.language, rules, matter=matter, date=day) for matter, day in changes]
    return _join(question, [_answered(question, evidence, facts, trends, rules), *told])


def _answered(
    question: Question, evidence: Sequence[Evidence], facts: Sequence[Fact], trends: Sequence[Trend], rules: Path | None
) -> str:
    if question.shape == "change" and trends:
        return _join(question, [_trend(question, trend, rules) for trend in trends])
    bounded = question.day or question.stay_day or question.period or question.past
    each = _each_value(facts)
    values = each if bounded or question.shape == "change" else _of_one_examination(question, _first_by_name(facts))
    if values:
        counts = Counter(fact.name for fact in each)
        alone = [question.shape == "change" and counts[fact.name] == 1 for fact in values]
        names = ["single" if single else "value" for single in alone]
        return _join(question, [_value(name, question, fact, rules) for name, fact in zip(names, values, strict=True)])
    return say("answered", question.language, rules, places=_places(question, evidence[:3], rules))


def _trend(question: Question, trend: Trend, rules: Path | None) -> str:
    first, last = trend.points[0], trend.points[-1]
    percent = "" if trend.change_pct is None else f"{trend.change_pct:+g} %"
    values = [point.value for point in trend.points]
    ends = (trend.first, trend.last)
    told = [
        say(
            f"trend_{trend.direction}",
            question.language,
            rules,
            display=_display(trend, question, rules),
            first=number(trend.first),
            last=number(trend.last),
            unit=_unit(trend.unit),
            change=percent or f"{trend.change:+g}",
            first_time=_time(first.time, question, rules),
            last_time=_time(last.time, question, rules),
            first_page=first.page,
            last_page=last.page,
            count=len(trend.points),
        )
    ]
    if min(values) != min(ends) or max(values) != max(ends):
        told.append(_between(question, trend, rules))
    if trend.kidney_injury:
        told.append(_kidney(question, trend.kidney_injury, rules))
    return _join(question, told)


def _between(question: Question, trend: Trend, rules: Path | None) -> str:
    lowest, highest = trend.lowest, trend.highest
    return say(
        "trend_between",
        question.language,
        rules,
        lowest=number(lowest.value),
        lowest_time=_time(lowest.time, question, rules),
        lowest_page=lowest.page,
        highest=number(highest.value),
        highest_time=_time(highest.time, question, rules),
        highest_page=highest.page,
    )


def _kidney(question: Question, injury: KidneyInjury, rules: Path | None) -> str:
    """What the KDIGO creatinine criterion gives, with its source, as a computation."""
    rise = None if injury.rise is None else number(max(injury.rise, 0.0))
    ratio = None if injury.ratio is None else number(injury.ratio)
    measures = [
        say("kidney_rise", question.language, rules, rise=rise) if rise else "",
        say("kidney_ratio", question.language, rules, ratio=ratio) if ratio else "",
    ]
    return say(
        "kidney_met" if injury.stage else "kidney_not_met",
        question.language,
        rules,
        before=number(injury.before.value),
        before_time=_time(injury.before.time, question, rules),
        before_page=injury.before.page,
        after=number(injury.after.value),
        after_time=_time(injury.after.time, question, rules),
        after_page=injury.after.page,
        unit=_unit("umol/L"),
        measures=("，" if question.language == "zh" else ", ").join(filter(None, measures)),
        stage=injury.stage,
        source=injury.source,
    )


def _value(name: str, question: Question, fact: Fact, rules: Path | None) -> str:
    return say(
        name,
        question.language,
        rules,
        display=_display(fact, question, rules),
        value=_worded(fact, question, rules),
        unit=_unit(fact.unit),
        time=_time(fact.time, question, rules),
        page=fact.page,
    )


def _display(item: Fact | Trend, question: Question, rules: Path | None) -> str:
    """The analyte's name in the language of the question; the printed one of what is no analyte."""
    known = catalogue(rules)
    if item.name not in known:
        return item.display
    analyte = known.get(item.name)
    return analyte.display_zh if question.language == "zh" else analyte.display_en


def _worded(fact: Fact, question: Question, rules: Path | None) -> str:
    """The value; a blood group's sign in words of the question's language."""
    if fact.value in ("positive", "negative"):
        return say(f"word_{fact.value}", question.language, rules)
    return number(fact.value)


def _first_by_name(facts: Sequence[Fact]) -> list[Fact]:
    """The best-ranked lab value or vital sign of each name (facts come in the order of their evidence)."""
    first: dict[str, Fact] = {}
    for fact in facts:
        if fact.kind in ("lab", "vital"):
            first.setdefault(fact.name, fact)
    return list(first.values())


def _of_one_examination(question: Question, values: list[Fact]) -> list[Fact]:
    """At a point of the stay, the vital signs of the day of the first: a pulse two days later is not of admission."""
    first = next((fact for fact in values if fact.kind == "vital"), None)
    if question.window is None or first is None or first.time is None:
        return values
    day = first.time[:10]
    return [fact for fact in values if fact.kind != "vital" or (fact.time or "")[:10] == day]


def _each_value(facts: Sequence[Fact]) -> list[Fact]:
    """Every measured value within the time asked, each once (with its clock time where one is known), in time order."""
    values: dict[tuple[str, float | str], Fact] = {}
    for fact in facts:
        key = (fact.name, fact.value)
        if fact.kind in ("lab", "vital") and (key not in values or _clock(fact) > _clock(values[key])):
            values[key] = fact
    return sorted(values.values(), key=lambda fact: (fact.name, fact.time or ""))


def _clock(fact: Fact) -> int:
    """How exactly the time is known: not at all, the day, the minute."""
    return len(fact.time or "")


def _unit(unit: str | None) -> str:
    return f" {unit}" if unit else ""


def _places(question: Question, evidence: Sequence[Evidence], rules: Path | None) -> str:
    named = dict.fromkeys(
        say("place", question.language, rules, page=item.page, section=_section(question, item)) for item in evidence
    )
    return ("、" if question.language == "zh" else ", ").join(named)


def _section(question: Question, item: Evidence) -> str:
    where = [" › ".join(item.section), item.date or ""]
    if not any(where):
        return ""
    told = ("，" if question.language == "zh" else ", ").join(filter(None, where))
    return f"（{told}）" if question.language == "zh" else f" ({told})"


def _time(time: str | None, question: Question, rules: Path | None) -> str:
    return time.replace("T", " ") if time else say("undated", question.language, rules)


def _join(question: Question, sentences: Sequence[str]) -> str:
    return ("" if question.language == "zh" else " ").join(sentences)
