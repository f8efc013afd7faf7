"""How a sentence is shown to a reranker: with the titles of the sections it stands in."""

from collections.abc import Sequence

from emr_rerank.record import Sentence

PATH_MARK = " › "
TEXT_MARK = " | "


def passage(sentence: Sentence, context: str = "") -> str:
    """A sentence as a reranker reads it: `入院记录 › 辅助检查 | 肌酐 108 μmol/L`.

    `context` stands below the titles: the clause that the sentence goes on from (`RecordIndex.contexts`).
    """
    return titled((*sentence.section_path, context), sentence.text)


def titled(titles: Sequence[str], text: str) -> str:
    """A text below section titles, outermost first, in the shape of `passage`."""
    path = PATH_MARK.join(title for title in titles if title)
    text = " ".join(text.split())
    return f"{path}{TEXT_MARK}{text}" if path else text


def split_passage(passage: str) -> tuple[str, str]:
    """(section path, text) of a passage; the path is empty where none was given."""
    path, mark, text = passage.partition(TEXT_MARK)
    return (path, text) if mark else ("", passage)
