"""The wording of answers, in Chinese and English (rules/messages.yaml)."""

from functools import lru_cache
from pathlib import Path
from typing import Literal

from emr_rerank.rules.files import Rule, load_rules


class Message(Rule):
    """One text in both languages; placeholders in braces."""

    zh: str
    en: str


@lru_cache(maxsize=8)
def messages(overrides: Path | None = None) -> dict[str, Message]:
    """Every message by its id without the `messages.` prefix."""
    return {rule.id.removeprefix("messages."): rule for rule in load_rules("messages", Message, overrides)}


def say(name: str, language: Literal["zh", "en"], overrides: Path | None = None, **values: object) -> str:
    """The message in the language, filled in."""
    message = messages(overrides)[name]
    return (message.zh if language == "zh" else message.en).format(**values)
