"""Who signed a document: the name behind the best of the labels that the section rules give."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from emr_rerank.rules.sections import SectionRule

# 张三, 张 三, 张三/李四, 阿不都·热合曼; A. Smith, MD.
_HAN = r"[\u4e00-\u9fff]"
_HAN_NAME = rf"{_HAN}{{2,4}}(?:[/／、]{_HAN}{{2,4}})*|{_HAN} {_HAN}|{_HAN}{{1,8}}(?:·{_HAN}{{1,8}})+"
_LATIN_NAME = r"(?:Dr\.? )?[A-Z][A-Za-z.'’-]*(?: [A-Z][A-Za-z.'’-]*){0,3}(?:, ?(?:MD|M\.D\.|DO|RN|NP|PA-C|PhD|MBBS))*"
_LABEL = r"(?:签[名字]|医[师生]|护士|时间|日期|姓名|职称|科室)"
_NAME = rf"(?P<name>(?!{_HAN}{{0,4}}{_LABEL})(?:{_HAN_NAME}|{_LATIN_NAME}))(?=[\s,，。；;（(\d]|$)"
_BLANKS = str.maketrans("", "", " \u3000")


@dataclass(frozen=True)
class Signatures:
    """The labels before signatures, ready to look for."""

    author_labels: tuple[str, ...]
    "best first"
    labels: re.Pattern[str]
    names: re.Pattern[str]

    def end(self, line: str) -> int | None:
        """Where the label of the first signature of a line ends, or None."""
        found = self.labels.search(line)
        return found.end() if found else None

    def author(self, document: str) -> str | None:
        """The name behind the best label of a document, the last of them where it stands twice."""
        best: tuple[int, str] | None = None
        for found in self.names.finditer(document):
            rank = self.author_labels.index(re.sub(r"\s", "", found["label"]).lower())
            if best is None or rank <= best[0]:
                best = rank, found["name"]
        if best is None:
            return None
        return best[1] if best[1].isascii() else best[1].translate(_BLANKS)


def signatures(rules: Sequence[SectionRule]) -> Signatures:
    """The signatures that the stop rules among the section rules name."""
    stops = [rule for rule in rules if rule.level == "stop"]
    authors = [title for rule in stops if rule.author for title in rule.titles]
    return Signatures(
        author_labels=tuple(re.sub(r"\s", "", title).lower() for title in authors),
        labels=re.compile(_standing([title for rule in stops for title in rule.titles]), re.IGNORECASE),
        names=re.compile(rf"(?i:{_standing(authors)})(?:\s*[:：]\s*|\t+){_NAME}", re.MULTILINE),
    )


def _standing(labels: Sequence[str]) -> str:
    """A pattern for any of the labels (group `label`), the longest first, at the start of a line or behind a gap."""
    ways = [r"\s*".join(map(re.escape, label.split() if label.isascii() else label)) for label in labels]
    return rf"(?:(?<=[\s；;])|^)(?P<label>{'|'.join(sorted(ways, key=len, reverse=True)) or '(?!)'})"
