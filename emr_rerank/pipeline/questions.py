"""What a question must be before anything is read for it."""

from emr_rerank.errors import UsageError
from emr_rerank.settings import Settings


def checked_question(question: str, settings: Settings) -> str:
    """The question without surrounding blanks.

    Raises:
        UsageError: it is empty, has no words, or is longer than `settings.max_question_chars`.
    """
    text = question.strip()
    limit = settings.max_question_chars
    if not text:
        raise UsageError("The question is empty.", "Ask something, e.g. 肌酐较入院时有何变化？")
    if not any(character.isalnum() for character in text):
        raise UsageError("The question has no words.", "Ask something, e.g. 肌酐较入院时有何变化？")
    if len(text) > limit:
        raise UsageError(f"The question has {len(text)} characters; at most {limit} are taken.", "Shorten it.")
    return text
