"""The commands and the Python of both READMEs run as they are printed."""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from emr_rerank.cli.app import app

ROOT = Path(__file__).resolve().parents[1]
READMES = ("README.md", "README.zh-CN.md")


@pytest.fixture
def at_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "sample_records").symlink_to(ROOT / "sample_records")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("readme", READMES)
def test_readme_commands(readme: str, at_root: Path) -> None:
    block = re.search(r"```console\n(.*?)```", (ROOT / readme).read_text(encoding="utf-8"), re.DOTALL)
    assert block, "the README shows commands"
    commands = block[1].strip().splitlines()
    assert len(commands) >= 6
    for command in commands:
        result = CliRunner().invoke(app, shlex.split(command)[1:])
        assert result.exit_code == 0, f"{command}\n{result.output}"


@pytest.mark.slow
@pytest.mark.parametrize("readme", READMES)
def test_readme_python(readme: str, at_root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    block = re.search(r"```python\n(.*?)```", (ROOT / readme).read_text(encoding="utf-8"), re.DOTALL)
    assert block
    exec(compile(block[1], readme, "exec"), {})
    assert capsys.readouterr().out.startswith("answered")


@pytest.mark.parametrize("command", ["parse", "ask", "check", "index", "audit", "rules", "eval", "calibrate", "doctor"])
def test_every_command_has_help(command: str) -> None:
    result = CliRunner().invoke(app, [command, "--help"])
    assert result.exit_code == 0
    assert "Usage" in result.stdout
