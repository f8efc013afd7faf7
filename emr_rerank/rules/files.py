"""Finds, reads and validates rule files; every error names file, line and rule.

A rule file is `rules/<purpose>.yaml` or `rules/<purpose>.<language>.yaml`: a mapping with one key `rules`, a list of
mappings, each with an `id` that is unique over the purpose. A hospital's own folder, given as `overrides`, may hold
files of the same names: a rule there with a known id replaces that rule, any other is added.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Generic, TypeVar

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from emr_rerank.errors import RuleError


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from None
    return pattern


Pattern = Annotated[str, AfterValidator(_compiles)]
"""A regular expression in Python's syntax, checked when the file is read."""


class Rule(BaseModel):
    """One rule of a rule file. Subclasses are the schema of a purpose."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str


AnyRule = TypeVar("AnyRule", bound=Rule)


def shipped_folder() -> Path:
    """The rule files of this installation: beside the code in a wheel, at the top of a checkout otherwise.

    Raises:
        RuleError: there are none.
    """
    here = Path(__file__).resolve().parent
    packaged = here / "shipped"
    folder = packaged if packaged.is_dir() else here.parents[1] / "rules"
    if not folder.is_dir():
        raise RuleError("The rule files of this installation are missing.", "Install emr-rerank again.")
    return folder


def load_rules(purpose: str, schema: type[AnyRule], overrides: Path | None = None) -> tuple[AnyRule, ...]:
    """All rules of one purpose, shipped ones first, each replaced by an override of the same id.

    Raises:
        RuleError: a file can't be read or parsed, or a rule breaks its schema or repeats an id.
    """
    return tuple(placed.rule for placed in load_placed(purpose, schema, overrides).values())


@dataclass(frozen=True)
class Placed(Generic[AnyRule]):
    """A rule and where it is written."""

    rule: AnyRule
    file: Path
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: rule '{self.rule.id}'"


def load_placed(purpose: str, schema: type[AnyRule], overrides: Path | None = None) -> dict[str, Placed[AnyRule]]:
    """As `load_rules`, each rule by its id and with its file and line."""
    rules: dict[str, Placed[AnyRule]] = {}
    for folder in _folders(overrides):
        for rule_id, placed in _load_folder(purpose, schema, folder).items():
            rules[rule_id] = placed
    return rules


def rules_hash(overrides: Path | None = None) -> str:
    """`sha256:…` over names and bytes of all rule files in force; what has not changed is not read again."""
    files = [file for folder in _folders(overrides) for file in sorted(folder.glob("*.yaml"))]
    states = [file.stat() for file in files]
    return _hash_of(tuple((f, s.st_mtime_ns, s.st_size) for f, s in zip(files, states, strict=True)))


@lru_cache(maxsize=8)
def _hash_of(files: tuple[tuple[Path, int, int], ...]) -> str:
    digest = hashlib.sha256()
    for file, *_ in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return f"sha256:{digest.hexdigest()}"


def _folders(overrides: Path | None) -> Iterator[Path]:
    yield shipped_folder()
    if overrides is not None:
        if not overrides.is_dir():
            raise RuleError(f"The rules folder {overrides} does not exist.", "Give a folder of YAML rule files.")
        yield overrides


def _load_folder(purpose: str, schema: type[AnyRule], folder: Path) -> dict[str, Placed[AnyRule]]:
    rules: dict[str, Placed[AnyRule]] = {}
    for file in sorted([*folder.glob(f"{purpose}.yaml"), *folder.glob(f"{purpose}.*.yaml")]):
        for line, entry in _read_entries(file, file.stat().st_mtime_ns):
            rule = _validate(schema, entry, file, line)
            if rule.id in rules:
                raise RuleError(
                    f"{file}:{line}: rule '{rule.id}': the id is used twice.", "Give every rule its own id."
                )
            rules[rule.id] = Placed(rule, file, line)
    return rules


@lru_cache(maxsize=64)
def _read_entries(file: Path, _changed: int) -> tuple[tuple[int, Any], ...]:
    """(line, entry) of each rule in the file."""
    loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        reader = loader(file.read_text(encoding="utf-8"))
        root = reader.get_single_node()
        data = reader.construct_document(root) if root is not None else None
    except (OSError, UnicodeDecodeError) as error:
        raise RuleError(f"{file}: can't be read ({type(error).__name__}).", "Rule files are UTF-8 text.") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise RuleError(
            f"{file}:{line}: not valid YAML: {getattr(error, 'problem', '')}.", "Correct the line."
        ) from None
    if not isinstance(data, dict) or not isinstance(data.get("rules"), list) or len(data) != 1:
        raise RuleError(f"{file}:1: expected one key 'rules' that holds a list.", "See docs/rules.md for the format.")
    nodes = root.value[0][1].value
    return tuple((node.start_mark.line + 1, entry) for node, entry in zip(nodes, data["rules"], strict=True))


def _validate(schema: type[AnyRule], entry: Any, file: Path, line: int) -> AnyRule:
    name = entry.get("id", "(no id)") if isinstance(entry, dict) else "(not a mapping)"
    try:
        return schema.model_validate(entry)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in problem["loc"])
        message = problem["msg"].removeprefix("Value error, ")
        raise RuleError(f"{file}:{line}: rule '{name}': {where}: {message}.", "Correct the rule.") from None
