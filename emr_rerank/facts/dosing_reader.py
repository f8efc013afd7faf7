"""Reads dose, route and frequency behind the name of a drug, in whatever order they are printed."""

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from emr_rerank.facts.dosing import Dose, Dosing, amount, counted, rate_unit
from emr_rerank.rules.dosing import DoseUnit, Frequency, dose_units, drug_words, frequencies, plan_times, routes

_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_COUNTED = r"\b(?:one|two|three|four|half a)(?=\s+(?:tab|cap|puff|drop|spray|patch|sachet|vial|amp))"
_NO_UNIT = r"(?![a-z])(?!\s*/\s*(?:d?l|ml|24\s*h|hpf|μl|ul)(?![a-z]))"
"""What follows the unit of a concentration: then the number is a result, no dose."""
_PER = re.compile(
    r"(?P<rate>(?:\s*[/.·]\s*(?:kg|公斤))?(?:\s*[/.·]\s*|\s*per\s+)(?:hour|hr|h|小时|min|分钟|分)(?![a-z]))"
    r"|(?P<day>\s*/\s*(?:day|d|日|天)(?![a-z]))|(?P<kg>\s*/\s*kg(?![a-z]))|(?P<once>\s*/\s*次)|(?P<unit>\s*/\s*[片粒支袋瓶])"
)
_PACK = re.compile(
    r"\s*[x×*]\s*\d+\s*(?:片|粒|支|袋|瓶|盒|s\b|tabs?|caps?|贴|丸|枚)(?:\s*[/x×*]\s*(?:\d+\s*)?[盒瓶板袋])?"
)
_DURATION = re.compile(
    r"[x×*]\s*\d+\s*(?:d|天|日|周|w|days?|weeks?|月)(?![a-z])|(?:共|疗程|连用|连服|服用?)\s*\d+\s*(?:天|日|周|月|个月|d)"
    r"|for\s+(?:\d+|two|three)\s+(?:more\s+)?(?:days?|weeks?|months?)|(?:\d+\s*)[盒](?![一-鿿])"
    r"|术前\s*\d+(?:\.\d+)?\s*(?:h|小时|分钟|min)|d\d{1,2}(?:\s*[-~,、]\s*d?\d{1,2})*(?![\da-z])"
    r"|\d{2,3}/\d+(?:\.\d+)?(?=\s+(?:\d|one|two))"
    r"|(?:加入|加至|溶于|稀释至|稀释于|配成|入)\s*\d+\s*ml\s*(?:的?液体|溶液|液|糖水)?(?:中)?(?=[^+])"
)
_COMMA = re.compile(r"[\s:\"“”‘’「」)]*[,，]?[\s:\"“”‘’「」(]*")
_AT_MOST = 14
_BETWEEN_DOSES = re.compile(r"\s*[、,，;~-]?\s*")


@dataclass
class _Draft:
    """A dosing while it is read."""

    end: int
    dose: Dose | None = None
    weak: bool = False
    use: bool = False
    route: str | None = None
    base: Frequency | None = None
    part: Frequency | None = None
    fallback: Frequency | None = None
    modifiers: list[Frequency] = field(default_factory=list)
    rate: str | None = None
    doses: list[tuple[Dose, str]] = field(default_factory=list)


class DosingReader:
    """Reads dosings out of folded lower-case text."""

    def __init__(self, rules_dir: Path | None = None) -> None:
        unit_source, self._units = dose_units(rules_dir)
        self._routes, self._route_ids = routes(rules_dir)
        self._words, self._word_rules, self._numbered, self._frequencies = frequencies(rules_dir)
        printed = (
            rf"(?P<low>{_NUMBER}|[半一二两三四五六](?=\s*(?:片|粒|丸|袋|包|支|滴|吸|喷))|{_COUNTED})"
            rf"(?:\s*(?P<joint>[-~/]|至|to\b)\s*(?P<high>{_NUMBER}))?(?:\s*|-)(?P<unit>{unit_source}){_NO_UNIT}"
        )
        self._dose = re.compile(rf"(?<![\d.])(?:{printed})")
        self._before = re.compile(rf"(?<![\d.])(?:{printed})\s*(?:of\s+)?$")
        self._filler = re.compile(drug_words("filler", rules_dir))
        self._use = re.compile(drug_words("use", rules_dir))
        changed = rf"(?:(?:由|从|from\s)[^,，。;；]{{0,16}}?)?(?:{drug_words('step', rules_dir)})\s*"
        from_to = r"(?:[a-z]+\s+){0,2}from\s[^,;]{2,24}?\s+to\s+(?=\d)"
        self._step = re.compile(f"{changed}|{from_to}")
        self._times = plan_times(rules_dir)
        words = "|".join(sorted(self._times, key=len, reverse=True))
        self._part = re.compile(rf"({words})\s*(?:各|予|服|皮下)?\s*")
        self._route_before = re.compile(rf"(?:{self._routes.pattern})\s*(?:给予|的|[\"“‘]|注射用)?\s*$")

    def read(self, text: str, at: int, limit: int) -> Dosing:
        """The dosing that begins right behind `at`; empty when none does."""
        draft = _Draft(at)
        place, steps = at, 0
        while place < limit and steps < _AT_MOST:
            steps += 1
            place = self._skip(text, place, limit, draft)
            after = self._token(text, place, limit, draft)
            if after is None:
                break
            draft.end = place = after
        return self._settled(draft)

    def route_before(self, text: str, at: int) -> tuple[str, int] | None:
        """(route, its place) of a route printed right before a name: 静滴头孢呋辛, oral levofloxacin."""
        found = self._route_before.search(text[max(0, at - 20) : at])
        if not found:
            return None
        start = max(0, at - 20) + found.start()
        matched = self._routes.match(text, start)
        return (self._route_ids[matched.group()], start) if matched else None

    def dose_before(self, text: str, at: int) -> tuple[Dose, int] | None:
        """(dose, its place) of an amount printed right before a name: 2 L normal saline."""
        found = self._before.search(text[max(0, at - 24) : at])
        return (self._amount(found), max(0, at - 24) + found.start()) if found else None

    def _skip(self, text: str, place: int, limit: int, draft: _Draft) -> int:
        """Past spaces, one comma and words that say nothing, when a token follows."""
        start = place
        gap = _COMMA.match(text, place)
        place = gap.end() if gap else place
        for _ in range(4):
            if self._starts_token(text, place):
                return min(place, limit)
            duration = _DURATION.match(text, place)
            word = duration or self._filler.match(text, place)
            if not word or word.end() == place:
                return start
            if self._use.match(text, place):
                draft.use = True
            gap = _COMMA.match(text, word.end())
            place = gap.end() if gap else word.end()
        return place if self._starts_token(text, place) else start

    def _starts_token(self, text: str, at: int) -> bool:
        looks = (self._dose, self._words, self._routes, self._step, *(pattern for pattern, _ in self._numbered))
        return any(look.match(text, at) for look in looks) or bool(self._plan(text, at))

    def _token(self, text: str, at: int, limit: int, draft: _Draft) -> int | None:
        """Reads one token into the draft; None when there is none that fits."""
        if at >= limit:
            return None
        if plan := self._plan(text, at):
            if draft.dose or draft.doses:
                return None
            draft.doses, end = plan
            return end
        for pattern, rule in self._numbered:
            if (found := pattern.match(text, at)) and self._frequency(draft, counted(rule, found, self._frequencies)):
                return found.end()
        if found := self._dose.match(text, at):
            return self._read_dose(text, found, draft)
        if (after := self._word(text, at, draft)) is not None:
            return after
        return self._change(text, at, draft)

    def _word(self, text: str, at: int, draft: _Draft) -> int | None:
        """Reads a frequency or a route in words, the longer of both; one word may be both (晨服)."""
        word, route = self._words.match(text, at), self._routes.match(text, at)
        if word and (not route or word.end() >= route.end()):
            rule = self._word_rules[word.group()]
            behind_comma = text[:at].rstrip()[-1:] in (",", "，")
            if rule.kind == "part" and behind_comma and not self._ends_order(text, word.end()):
                return None
            if route and route.end() == word.end():
                draft.route = draft.route or self._route_ids[route.group()]
            return word.end() if self._frequency(draft, rule) else None
        if route:
            draft.route = draft.route or self._route_ids[route.group()]
            return route.end()
        return None

    def _change(self, text: str, at: int, draft: _Draft) -> int | None:
        """Forgets the dose read so far where a newer one follows: 加量至15mg."""
        step = self._step.match(text, at)
        if not step or not (self._dose.match(text, step.end()) or self._routes.match(text, step.end())):
            return None
        draft.dose, draft.base, draft.part, draft.weak = None, None, None, False
        return step.end()

    def _ends_order(self, text: str, at: int) -> bool:
        """Whether a time of day behind a comma belongs to the order: not so in `qd，晨起血压138/82mmHg`."""
        rest = text[at:].lstrip()
        return (
            not rest
            or rest[0] in ",，。;；、.)"
            or bool(self._routes.match(rest) or self._filler.match(rest) or self._dose.match(rest))
        )

    def _read_dose(self, text: str, found: re.Match[str], draft: _Draft) -> int | None:
        dose, end = self._amount(found), found.end()
        per = _PER.match(text, end)
        pack = _PACK.match(text, end)
        spec = bool(pack or (per and per["unit"]))
        if per and per["rate"]:
            rated = replace(dose, unit=dose.unit + rate_unit(per["rate"]))
            if draft.dose is None:
                draft.dose = rated
            elif draft.rate is None:
                draft.rate = rated.printed
            return per.end()
        if per and per["kg"]:
            dose = replace(dose, unit=f"{dose.unit}/kg")
        taken = draft.dose is None or draft.weak or draft.use or (dose.kind == "use" and draft.dose.kind != "use")
        if taken and not (draft.use and draft.dose and dose.kind == "count"):
            draft.dose, draft.weak = dose, spec
        elif dose.kind != "count" and not spec:
            return None
        draft.use = False
        if per and per["day"] and draft.base is None:
            draft.base = self._frequencies.get("qd")
        last = pack or per
        return last.end() if last else end

    def _amount(self, found: re.Match[str]) -> Dose:
        rule: DoseUnit = self._units[found["unit"]]
        low = amount(found["low"]) * rule.factor
        high = amount(found["high"]) * rule.factor if found["high"] else None
        return Dose(low, rule.shown or rule.id, rule.kind, high, "/" if found["joint"] == "/" else "-")

    def _frequency(self, draft: _Draft, rule: Frequency | None) -> bool:
        """Takes up a frequency; False for a second one that contradicts the first."""
        if rule is None:
            return False
        if rule.kind == "modifier":
            if rule not in draft.modifiers:
                draft.modifiers.append(rule)
        elif rule.kind == "part":
            draft.part = draft.part or rule
        elif rule.kind == "weak":
            draft.fallback = draft.fallback or rule
        elif draft.base is None or draft.base.id == "cont":
            draft.base = rule
        elif draft.base.id != rule.id and rule.id != "st":
            return False
        return True

    def _plan(self, text: str, at: int) -> tuple[list[tuple[Dose, str]], int] | None:
        """Doses with their times of day: 早16U、晚14U."""
        doses: list[tuple[Dose, str]] = []
        place, end = at, at
        while part := self._part.match(text, place):
            found = self._dose.match(text, part.end())
            if not found:
                break
            doses.append((self._amount(found), self._times[part[1]]))
            end = found.end()
            gap = _BETWEEN_DOSES.match(text, end)
            place = gap.end() if gap else end
        return (doses, end) if len(doses) > 1 else None

    def _settled(self, draft: _Draft) -> Dosing:
        base = draft.base
        if draft.part and (base is None or base.id in ("qd", "st")):
            base = draft.part
        base = base or draft.fallback
        if base is None:
            implied = next((rule.base for rule in draft.modifiers if rule.base), None)
            base = self._frequencies.get(implied) if implied else None
        shown = [rule.shown or rule.id for rule in ([base] if base else []) + draft.modifiers]
        return Dosing(
            dose=draft.dose,
            route=draft.route,
            frequency=" ".join(dict.fromkeys(shown)) or None,
            per_day=base.per_day if base else None,
            rate=draft.rate,
            end=draft.end,
            doses=tuple((dose, _with(time, draft.modifiers)) for dose, time in draft.doses),
        )


def _with(time: str, modifiers: list[Frequency]) -> str:
    return " ".join(dict.fromkeys([*time.split(), *(rule.shown or rule.id for rule in modifiers)]))


@lru_cache(maxsize=8)
def dosing_reader(rules_dir: Path | None = None) -> DosingReader:
    """A reader with the rules in force."""
    return DosingReader(rules_dir)
