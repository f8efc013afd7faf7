"""Standing forms (consents, assessments, education) filled with a patient's details."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml


@lru_cache
def _forms() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "forms.yaml").read_text(encoding="utf-8"))
    return data


def form_text(key: str, content: dict[str, Any]) -> dict[str, Any]:
    """The form `key` with every {place} filled from the content's patient and `fill` entries."""
    form = dict(_forms()[key])
    values = {**content["patient"], **content.get("fill", {}), "admitted": content["admitted"]}
    form["parts"] = [[code, heading, text.format(**values)] for code, heading, text in form["parts"]]
    if "sign" in form:
        form["sign"] = form["sign"].format(**values)
    return form
