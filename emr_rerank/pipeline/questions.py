"""What a question must be before anything is read for it."""

import unicodedata

from emr_rerank.errors import UsageError
from emr_rerank.settings import Settings

_NO_TEXT = frozenset({"Cc", "Cs"})
"""Unicode categories of control characters and lone surrogates."""


def checked_question(question: str, settings: Settings) -> str:
    """The question without surrounding blanks.

    Raises:
        UsageError: it is empty, has no words, holds characters that are no text, or is longer than
            `settings.max_question_chars`.
    """
    text = question.strip()
    limit = settings.max_question_chars
    if not text:
        raise UsageError("The question is empty.", "Ask something, e.g. 肌酐较入院时有何变化？")
    if not any(character.isalnum() for character in text):
        raise UsageError("The question has no words.", "Ask something, e.g. 肌酐较入院时有何变化？")
    if any(unicodedata.category(character) in _NO_TEXT and not character.isspace() for character in text):
        raise UsageError("The question holds characters that are no text.", "Give it as UTF-8.")
    if len(text) > limit:
        raise UsageError(f"The question has {len(text)} characters; at most {limit} are taken.", "Shorten it.")
    return text
