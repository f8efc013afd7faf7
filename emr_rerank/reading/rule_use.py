"""Which section rules a record needs."""

from pathlib import Path

from emr_rerank.settings import Settings


def section_rules_fired(path: Path, settings: Settings, *, password: str | None = None) -> frozenset[str]:
    """Ids of the section rules that open or close something in a PDF, stops included.

    Raises:
        InputError: the file can't be read; its subclasses say why.
        RuleError: a rule file is wrong.
    """
    from emr_rerank.reading.build import text_of
    from emr_rerank.reading.pages import read_pages
    from emr_rerank.reading.sections import rules_fired

    _, text = text_of(read_pages(path, settings, password), settings.rules_dir)
    return rules_fired(text, settings.rules_dir)
