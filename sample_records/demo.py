"""`make demo`: indexes the sample records, asks three questions, verifies the journal. Runs the real command."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SAMPLES = Path(__file__).resolve().parent
COMMAND = Path(sys.executable).parent / "emr-rerank"
QUESTIONS = (
    ("kidney-zh", "肌酐较入院时有何变化？"),
    ("allergy-zh", "患者有青霉素过敏史吗？"),
    ("kidney-zh", "患者做过冠状动脉造影吗？"),
)


def main() -> int:
    """Run the demo in a temporary folder that is removed at the end; the exit code of the first failing command."""
    with tempfile.TemporaryDirectory(prefix="emr-rerank-demo-") as folder:
        store = f"sqlite:///{Path(folder) / 'demo.sqlite'}"
        environment = {**os.environ, "EMR_RERANK_ARCHIVE": store, "EMR_RERANK_JOURNAL": store}
        commands = [
            ("index", str(SAMPLES)),
            *(("ask", "--record", record, question, "--purpose", "demo") for record, question in QUESTIONS),
            ("audit", "verify"),
        ]
        for command in commands:
            code = _run(command, environment)
            # Without the ocr extra the scanned sample can't be read: index says so with code 3, and goes on.
            if code != 0 and not (command[0] == "index" and code == 3):
                return code
    return 0


def _run(command: tuple[str, ...], environment: dict[str, str]) -> int:
    shown = " ".join(f'"{part}"' if " " in part or not part.isascii() else part for part in command)
    rule = "─" * min(shutil.get_terminal_size((100, 40)).columns, 100)
    print(f"\n{rule}\n$ emr-rerank {shown}\n", flush=True)
    return subprocess.run([str(COMMAND), *command], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
