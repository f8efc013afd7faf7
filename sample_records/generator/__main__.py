"""python -m sample_records.generator [OUT]: prints every sample record into OUT (default: sample_records/)."""

import sys
from pathlib import Path

from sample_records.generator.records import names, write
from sample_records.generator.style import FontMissingError


def main(arguments: list[str]) -> int:
    """Writes all records; returns the exit code."""
    folder = Path(arguments[0]) if arguments else Path(__file__).resolve().parents[1]
    folder.mkdir(parents=True, exist_ok=True)
    for name in arguments[1:] or names():
        try:
            answers = write(name, folder)
        except FontMissingError as error:
            print(f"{name}: {error}", file=sys.stderr)
            return 1
        print(f"{name}: {answers['pages']} pages, {len(answers['questions'])} questions")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
