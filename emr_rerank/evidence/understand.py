"""What a question asks: analytes, concepts, kinds, sections, shape, time, and the words its evidence must hold."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from emr_rerank.evidence.phrasing import MASK, Phrasing, Span, read_phrasing
from emr_rerank.evidence.question_anchors import anchors_of, content_anchors
from emr_rerank.evidence.terms import ANALYTE, MEANING_WEIGHT, Lexicon, Named, is_chinese, lexicon, surface_terms
from emr_rerank.findings import FactKind, Question
from emr_rerank.rules.concepts import Concept
from emr_rerank.rules.evidence import group_rule, role_sections
from emr_rerank.rules.questions import question_rules

_ABBREVIATION = re.compile(r"[A-Z][A-Z0-9-]{1,7}")
"""A name that records write the same way (HIV): evidence must hold it, unlike words, which they put otherwise."""
TREATED = frozenset({"disease", "symptom", "anatomy"})
"""Concept groups of what a treatment is given for."""
_WORD = re.compile(r"[\u3400-\u9fff]|[A-Za-z][A-Za-z0-9-]")
_SHORT = re.compile(r"\W*[A-Za-z][\w-]*(?:\W+[A-Za-z][\w-]*)?\W*")
"""One or two English words (`Belted?`): none of them is left to bear out a sentence that holds neither."""
_ALONE = re.compile(r"(?<![\u3400-\u9fff])[\u3400-\u9fff](?![\u3400-\u9fff])")


def understand(text: str, rules_dir: Path | None = None) -> Question:
    """Read a question by the rules.

    Args:
        text: the question, Chinese or English.
        rules_dir: a hospital's own rule files.

    Raises:
        RuleError: a rule file is wrong.
    """
    words = lexicon(rules_dir)
    named, phrasing, rest = _read(text, words, rules_dir)
    matter = _matter(named, phrasing)
    analytes = _analytes(matter, words) if phrasing.values else ()
    concepts = _concepts(matter, analytes, phrasing, words)
    analytes = tuple(dict.fromkeys([*analytes, *(i for known in concepts for i in known.analytes if phrasing.values)]))
    anchors = anchors_of(text, rest, matter, concepts, bool(analytes), words, rules_dir)
    loose = not (analytes or concepts or anchors)
    if loose:
        anchors = content_anchors(text, rest, rules_dir)
        short = bool(anchors) and _SHORT.fullmatch(text) is not None
        loose = not short and not any(_ABBREVIATION.fullmatch(form) for group in anchors for form in group)
    shape = phrasing.shape or _usual_shape(matter, phrasing, words)
    points = (phrasing.day, phrasing.stay_day, phrasing.period, phrasing.window, phrasing.operation, *phrasing.sections)
    empty = not (analytes or concepts or anchors or any(points) or _WORD.search(rest))
    return Question.model_validate(
        {
            "text": text,
            "language": "zh" if is_chinese(text) else "en",
            "analytes": analytes,
            "concepts": tuple(known.id for known in concepts),
            "kinds": _kinds(concepts, analytes, phrasing, rules_dir),
            "sections": _sections(concepts, analytes, phrasing, rules_dir),
            "shape": shape,
            **_times(phrasing, of_change=shape == "change"),
            "event": _event(text, named, phrasing, words),
            "unresolved": phrasing.unresolved or empty,
            "anchors": tuple(anchors),
            "loose": loose,
            "shows": tuple(phrasing.shows),
            "must_show": (*phrasing.must_show, *((r"\d",) if _asks_extreme_sign(shape, concepts) else ())),
            "rules": tuple(phrasing.rules),
        }
    )


def _asks_extreme_sign(shape: str, concepts: Sequence[Concept]) -> bool:
    """Whether the highest or lowest value of a vital sign is asked for (Tmax): only a number tells it."""
    return shape in ("highest", "lowest") and any(concept.group == "vital" for concept in concepts)


def _times(phrasing: Phrasing, *, of_change: bool) -> dict[str, object]:
    """The times asked for; a change is compared with a point of the stay or the past, and asks for none of them."""
    return {
        "window": None if of_change else phrasing.window,
        "past": phrasing.past and not of_change,
        "day": phrasing.day,
        "until": phrasing.until,
        "stay_day": phrasing.stay_day,
        "period": phrasing.period,
        "operation": phrasing.operation,
        "relation": phrasing.relation,
    }


@dataclass(frozen=True)
class Content:
    """What a question is about, its wording taken out."""

    text: str
    analytes: tuple[str, ...]
    concepts: tuple[str, ...]
    names: tuple[str, ...] = ()


def content(text: str, rules_dir: Path | None = None) -> Content:
    """The matter of a question: words that are neither wording nor a known name, and the analytes and concepts named.

    `names` are the stretches that name those analytes and concepts.
    """
    words = lexicon(rules_dir)
    named, phrasing, rest = _read(text, words, rules_dir)
    ids = [item.term for item in named if not item.analyte]
    return Content(
        text=" ".join(rest.replace(MASK, " ").split()),
        analytes=tuple(dict.fromkeys(item.term for item in named if item.analyte)),
        concepts=tuple(known.id for known in _instead([*ids, *phrasing.means], words)),
        names=tuple(text[item.start : item.end] for item in named),
    )


def question_terms(question: str, rules_dir: Path | None = None) -> dict[str, float]:
    """The terms of a question's content with their weights; its wording and the letters of known names are left out.

    A concept that evidence need not name (medication) weighs no more than a word.
    """
    asked = content(question, rules_dir)
    words = lexicon(rules_dir)
    terms = dict.fromkeys(surface_terms(asked.text), 1.0)
    terms |= {ANALYTE + analyte: MEANING_WEIGHT for analyte in asked.analytes}
    return terms | {name: MEANING_WEIGHT if words.concept(name).anchor else 1.0 for name in asked.concepts}


@lru_cache(maxsize=16)  # a question is read for its concepts, its terms and its glosses
def _read(text: str, words: Lexicon, rules_dir: Path | None) -> tuple[tuple[Named, ...], Phrasing, str]:
    """What the question names, what the rules say of its wording, and the text without both.

    A single character that is left alone (钾 in 钾最低是多少) is read as an analyte where it is the name of one.
    """
    named = words.named(text)
    for _ in range(2):
        phrasing, rest = read_phrasing(text, named, question_rules(rules_dir))
        alone = [(found, words.analytes_in(found.group())) for found in _ALONE.finditer(rest)]
        more = [Named(ids[0], found.start(), found.end(), True, ids[1:]) for found, ids in alone if ids]
        if not more:
            break
        named = tuple(sorted([*named, *more], key=lambda item: item.start))
    return named, phrasing, rest


def _matter(named: Iterable[Named], phrasing: Phrasing) -> tuple[Named, ...]:
    """What is named for its own sake: not the event or the operation that only tells the time.

    Where a question names nothing but its event (中风后落下什么毛病), the event is its matter.
    """
    without_operation = tuple(item for item in named if not _tells_time(item, phrasing.context))
    event = [phrasing.event] if phrasing.event else []
    matter = _outside(without_operation, event)
    return matter if matter or phrasing.means else without_operation


def _tells_time(item: Named, context: Iterable[Span]) -> bool:
    """Whether the name ends inside words that tell a time (手术 in 手术前); 术中所见 goes on behind them."""
    return any(start < item.end <= end for start, end in context)


def _outside(named: Iterable[Named], spans: Sequence[Span]) -> tuple[Named, ...]:
    return tuple(item for item in named if not any(item.start < end and start < item.end for start, end in spans))


def _analytes(matter: Iterable[Named], words: Lexicon) -> tuple[str, ...]:
    return tuple(dict.fromkeys(i for item in matter if item.analyte for i in (item.term, *item.others)))


def _concepts(
    matter: Sequence[Named], analytes: Sequence[str], phrasing: Phrasing, words: Lexicon
) -> tuple[Concept, ...]:
    """What the answer is about.

    A class word is left out beside one of its analytes (血气的乳酸), a general word that evidence need not name beside
    a concept of its kinds (用药, 出院带药), and a matter without a section of its own that only the wording means
    (how … treated) beside one that has a section (下一步怎么处理: the plan).
    """
    ids = [item.term for item in matter if not item.analyte]
    asked = [known for known in _instead([*ids, *phrasing.means], words) if not set(known.analytes) & set(analytes)]
    if any(known.group == "section" and known.home and not known.kinds for known in asked):
        asked = [known for known in asked if known.id in ids or known.group != "section" or known.home]
    if phrasing.treated:
        asked = [known for known in asked if known.group not in TREATED]
    told = {kind for known in asked if known.anchor for kind in known.kinds}
    return tuple(known for known in asked if known.anchor or not told & set(known.kinds))


def _usual_shape(matter: Iterable[Named], phrasing: Phrasing, words: Lexicon) -> str:
    """The shape of an answer about what is named, where the wording tells none."""
    named = [words.concept(i) for i in (*(item.term for item in matter if not item.analyte), *phrasing.means)]
    return next((known.shape for known in named if known.shape), "value")


def _instead(ids: Iterable[str], words: Lexicon) -> tuple[Concept, ...]:
    """The concepts, those that mean others replaced by them, each once; of relatives no sections are asked for."""
    known = [words.concept(concept_id) for concept_id in ids]
    if words.relatives(concept.id for concept in known):
        known = [concept for concept in known if concept.group != "section"]  # a relative has no diagnosis section here
    meant = [i for concept in known for i in (concept.means or (concept.id,))]
    return tuple(words.concept(concept_id) for concept_id in dict.fromkeys(meant))


def _event(text: str, named: Iterable[Named], phrasing: Phrasing, words: Lexicon) -> tuple[str, ...]:
    """Forms of the event: as written, then those of the concept that it names."""
    if phrasing.event is None:
        return ()
    start, end = phrasing.event
    inside = [item.term for item in named if not item.analyte and item.start < end and start < item.end]
    written = text[start:end]
    whole = any(item.start == start and item.end == end for item in named)
    return tuple(dict.fromkeys([written, *(f for i in inside for f in words.concept(i).forms if whole)]))


def _kinds(
    concepts: Iterable[Concept], analytes: Sequence[str], phrasing: Phrasing, rules_dir: Path | None
) -> tuple[FactKind, ...]:
    kinds: list[FactKind] = ["lab"] if analytes else []
    for concept in concepts:
        usual = group_rule(concept.group, rules_dir)
        kinds += concept.kinds or (usual.kinds if usual else ())
    return tuple(dict.fromkeys([*kinds, *phrasing.kinds]))


def _sections(
    concepts: Iterable[Concept], analytes: Sequence[str], phrasing: Phrasing, rules_dir: Path | None
) -> tuple[str, ...]:
    codes = list(phrasing.sections)
    for concept in concepts:
        usual = group_rule(concept.group, rules_dir)
        codes += concept.sections or (usual.sections if usual else ())
    codes += role_sections("measured", rules_dir) if analytes else ()
    return tuple(dict.fromkeys(codes))
