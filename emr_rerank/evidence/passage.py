"""How a sentence is shown to a reranker: with the titles of the sections it stands in."""

from emr_rerank.record import Sentence

PATH_MARK = " › "
TEXT_MARK = " | "


def passage(sentence: Sentence) -> str:
    """A sentence as a reranker reads it: `入院记录 › 辅助检查 | 肌酐 108 μmol/L`."""
    path = PATH_MARK.join(title for title in sentence.section_path if title)
    text = " ".join(sentence.text.split())
    return f"{path}{TEXT_MARK}{text}" if path else text


def split_passage(passage: str) -> tuple[str, str]:
    """(section path, text) of a passage; the path is empty where none was given."""
    path, mark, text = passage.partition(TEXT_MARK)
    return (path, text) if mark else ("", passage)
