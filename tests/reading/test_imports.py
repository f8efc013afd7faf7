"""Reading a record loads no library that is heavy and not needed: torch and spaCy cost 180 MB and seconds."""

import subprocess
import sys
from collections.abc import Callable


def test_reading_loads_neither_torch_nor_spacy(paper: Callable) -> None:
    path = paper().write(60, 100, "主诉：反复胸闷3年，加重2天。").save()
    code = (
        "import sys; from emr_rerank.reading.reader import read_record; read_record(sys.argv[1])\n"
        "print([name for name in ('torch', 'spacy', 'pdfplumber', 'cv2') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
