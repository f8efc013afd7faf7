"""Reactions seen during the stay: the day from which an allergy that was denied before is known."""

from pathlib import Path

from emr_rerank.facts.notes import OTHER_STAY
from emr_rerank.facts.passage import DocumentDates, Passage
from emr_rerank.facts.timeline import days_between
from emr_rerank.record import Record, Sentence
from emr_rerank.rules.allergens import Allergens, allergens


def reaction_days(record: Record, rules_dir: Path | None = None) -> dict[str, str]:
    """Allergen id → ISO day of the first reaction that a dated sentence of this stay reports, after admission.

    A sentence counts when it tells the dose, the reaction behind it and the word allergy, and nothing in it points to
    an earlier time or another place. Allergies told without that leave no day: they may have been known for years.
    """
    rules = allergens(rules_dir)
    dates = DocumentDates(record)
    admission = record.demographics.get("admission_date")
    days: dict[str, str] = {}
    for sentence in record.sentences:
        if not rules.statements(sentence.text, "reaction") or not rules.statements(sentence.text, "allergy"):
            continue
        passage = Passage(record, sentence, dates.at(sentence.start), rules_dir)
        day = _day(passage, sentence, admission)
        if day:
            for name in _suspects(rules, passage.text):
                days[name] = min(day, days.get(name, day))
    return days


def _day(passage: Passage, sentence: Sentence, admission: str | None) -> str | None:
    """The sentence's day, when it lies after admission and the sentence speaks of this stay."""
    day = (sentence.date or passage.document_date or "")[:10]
    if not day or not admission or (days_between(admission, day) or 0) < 1:
        return None
    end = len(passage.text)
    return None if OTHER_STAY in passage.stay_notes(end, end, day) else day


def _suspects(rules: Allergens, text: str) -> list[str]:
    """The allergens that an allergy word in the sentence names: 考虑头孢曲松过敏."""
    words = rules.statements(text, "allergy")
    return [
        mention.allergen.id
        for mention in rules.find(text)
        if not mention.allergen.general and any(0 <= start - mention.end <= 6 for start, _ in words)
    ]
