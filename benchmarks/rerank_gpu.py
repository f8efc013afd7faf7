"""The packed engine beside FlagEmbedding and sentence-transformers, on the same pairs, in one run; checks itself.

    python -m benchmarks.rerank_gpu --json results.json --markdown results.md

On a card: XLM-RoBERTa-large's exact shape with random weights (or `--model FOLDER`), 200 draws of 20, 50, 100 and 400
pairs, a job of a million pairs with and without repeats (a tenth of it for the others and in fp32). On CPU: 12 layers
× 384 and small numbers. Lengths are those of the sample records; agreement is measured on a small model trained on the
spot. It ends with status 1 when a score differs from the plain fp32 forward pass by more than 1e-4 in fp32 or 1e-2 in
half precision. The JSON is written after each part, so that a run that is broken off leaves what it has measured;
`--engines` leaves others out.
"""

import argparse
import json
import platform
import random
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForSequenceClassification
from transformers.utils import logging

from benchmarks.gpu import agreement, measure
from benchmarks.gpu.engines import OURS, Logits, forget, makers, packed
from benchmarks.gpu.pairs import Material, Pair, read_material
from benchmarks.gpu.plain import PlainReranker
from benchmarks.gpu.report import LIBRARIES, markdown
from benchmarks.gpu.stored_ids import stored_ids
from benchmarks.gpu.xlmr import LARGE, VOCABULARY, save_encoder, save_reranker, save_tokenizer
from emr_rerank.evidence.devices import resolve_devices
from emr_rerank.evidence.packed.load import DTYPES

SMALL = {
    "hidden_size": 384,
    "num_hidden_layers": 12,
    "num_attention_heads": 12,
    "intermediate_size": 1536,
}
Job = tuple[list[Pair], float, int]
"""Pairs, operations of those that are computed, tokens of all."""


class Run:
    """One run's material, models and results."""

    def __init__(self, arguments: argparse.Namespace, scratch: Path) -> None:
        self.arguments, self.scratch = arguments, scratch
        self.device: str = arguments.device
        self.material: Material = read_material(arguments.records)
        self.chance = random.Random(17)
        self.results: dict[str, Any] = {"sizes": arguments.sizes, "latency": {}, "stages": {}, "padding": {}}
        self.results |= {"jobs": {}, "memory_at_50": {}, "agreement": {}, "agreement_questions": 8}

    def speed(self) -> None:
        """Memory of each engine loaded alone; then all in turn, draw by draw, so that other load slows all alike."""
        folder = self._speed_model()
        draws = {size: self._draws(size) for size in self.arguments.sizes}
        ours = packed(folder, self.device, "fp16" if self.device != "cpu" else "fp32")
        precisions = {name.rpartition(" ")[2] for name in self._makers(folder)}
        self.results["matrix_product_flops"] = dict.fromkeys(sorted(precisions), 0.0)
        kinds = {name: self._kind_of_job(name) for name in self._makers(folder)}
        jobs = {kind: self._jobs(ours, *kind) for kind in set(kinds.values())}
        self.results["padding"] = {str(size): measure.padding(ours, draws[size][0]) for size in self.arguments.sizes}
        self.results["stored_ids"] = stored_ids(folder, self.material, self.scratch / "ids.sqlite")
        self.results["model"] = self._model_of(folder)
        del ours
        forget()
        fifty = self._draws(50)[0]
        for name, load in self._makers(folder).items():
            self.results["memory_at_50"][name] = self._memory(load, fifty)
            forget()
        self.save()
        engines = {name: load() for name, load in self._makers(folder).items()}
        warm = self.arguments.runs if self.device != "cpu" else 1
        for size, drawn in draws.items():
            for name, times in measure.latencies(engines, drawn, warm).items():
                self.results["latency"].setdefault(name, {})[str(size)] = times
            self.save()
        for name, engine in engines.items():
            self._measure(name, engine, draws, jobs[kinds[name]])
            self.save()

    def agree(self) -> bool:
        """Scores and vectors of our engine against the plain fp32 pass; False when a limit is passed."""
        folder = self.arguments.model or self._trained_model()
        asked = agreement.questions(self.material, self.results["agreement_questions"])
        plain = PlainReranker(folder, self.device)
        truth = [agreement.probabilities(plain.logits, pairs) for pairs in asked]
        for name, load in self._makers(folder).items():
            self.results["agreement"][name] = agreement.compare(load(), asked, truth)
            forget()
        self.results["vectors"] = vectors = self._vectors()
        self.save()
        differences = {
            name: max(found["max_difference"], found["company"])
            for name, found in self.results["agreement"].items()
            if name.startswith(OURS)
        } | vectors
        return all(found <= agreement.LIMITS[name.rpartition(" ")[2]] for name, found in differences.items())

    def save(self) -> None:
        """What is measured so far, into the JSON file."""
        if self.arguments.json:
            text = json.dumps(self.results, indent=1, ensure_ascii=False)
            self.arguments.json.write_text(text + "\n", encoding="utf-8")

    def _makers(self, folder: Path) -> dict[str, Callable[[], Logits]]:
        """The engines that were asked for."""
        found = makers(folder, self.device)
        wanted = self.arguments.engines or list(found)
        if unknown := sorted(set(wanted) - set(found)):
            sys.exit(f"No engine {', '.join(unknown)} here; there are: {', '.join(found)}.")
        return {name: load for name, load in found.items() if name in wanted}

    def _memory(self, load: Callable[[], Logits], pairs: list[Pair]) -> dict[str, float]:
        engine = load()
        return measure.memory(self.device, lambda: engine(pairs))

    def _measure(self, name: str, engine: Logits, draws: dict[int, Any], jobs: dict[str, Any]) -> None:
        """Stages of ours, large jobs, and the matrix product after each: the best of a run stands for the machine."""
        print(name, file=sys.stderr)
        precision = name.rpartition(" ")[2]
        products = self.results["matrix_product_flops"]
        encoder = getattr(engine, "__self__", None)
        if name.startswith(OURS):
            self.results["stages"][name] = {str(n): measure.stages(encoder, drawn) for n, drawn in draws.items()}
        self.results["jobs"][name] = {}
        for kind, (pairs, flops, tokens) in jobs.items():
            self.results["jobs"][name][kind] = measure.rate(engine, pairs, tokens) | {"flops": flops}
            product = measure.matrix_product(self.device, DTYPES[precision])
            products[precision] = max(products[precision], product)

    def _kind_of_job(self, name: str) -> tuple[bool, bool]:
        """Whether an engine gets the large job, and whether it computes equal pairs each time."""
        ours, slow = name.startswith(OURS), name.endswith("fp32") and self.device != "cpu"
        return ours and not slow, not ours

    def _jobs(self, encoder: Any, large: bool, each: bool) -> dict[str, Job]:
        """Kind → job: as large as said, for an engine that computes each pair or only the distinct ones."""
        count = self.arguments.job if large else self.arguments.peer_job
        made = {}
        for kind, repeats in (("with repeats", True), ("without repeats", False)):
            pairs = self.material.job(count, random.Random(23), repeats=repeats)
            lengths = measure.lengths(encoder, pairs)
            computed = (lengths[pair] for pair in pairs) if each else lengths.values()
            made[kind] = pairs, measure.flops(encoder, computed), sum(lengths[pair] for pair in pairs)
        return made

    def _draws(self, size: int) -> list[list[Pair]]:
        return [self.material.of_one_question(size, self.chance) for _ in range(self.arguments.runs)]

    def _tokenizer(self, folder: Path) -> int:
        folder.mkdir(exist_ok=True)
        texts = [*self.material.passages, *self.material.questions, agreement.ASKED]
        return save_tokenizer(folder, texts, VOCABULARY)

    def _speed_model(self) -> Path:
        if self.arguments.model:
            return self.arguments.model
        folder = self.scratch / "speed"
        size = self._tokenizer(folder)
        save_reranker(folder, **({"vocab_size": size} | (LARGE if self.device != "cpu" else SMALL)))
        return folder

    def _trained_model(self) -> Path:
        folder = self.scratch / "trained"
        size = self._tokenizer(folder)
        self.results["trained_loss"] = agreement.train(folder, size, self.material, self.arguments.steps)
        return folder

    def _vectors(self) -> dict[str, float]:
        folder = self.scratch / "vectors"
        save_encoder(folder, vocab_size=self._tokenizer(folder), **agreement.SHAPE)
        texts = [*self.material.passages[:40], "肌", self.material.passages[0] * 80]
        precisions = [name.rpartition(" ")[2] for name in self.results["agreement"] if name.startswith(OURS)]
        return {f"vectors {p}": agreement.vector_difference(folder, self.device, p, texts) for p in precisions}

    def _model_of(self, folder: Path) -> dict[str, Any]:
        model = AutoModelForSequenceClassification.from_pretrained(folder)
        return {
            "layers": model.config.num_hidden_layers,
            "hidden": model.config.hidden_size,
            "parameters": model.num_parameters(),
            "weights": str(self.arguments.model.name) if self.arguments.model else "random weights",
        }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def main() -> None:
    """Run, print, write, and end with status 1 when scores disagree."""
    logging.disable_progress_bar()
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as scratch:
        run = Run(arguments, Path(scratch))
        run.results["machine"] = {
            "device": torch.cuda.get_device_name() if arguments.device != "cpu" else f"CPU ({platform.machine()})",
            "threads": torch.get_num_threads(),
            "python": platform.python_version(),
            **{name: _version(name) for name in LIBRARIES},
        }
        agreed = run.agree()
        run.speed()
    text = markdown(run.results)
    print(text)
    if arguments.markdown:
        arguments.markdown.write_text(text, encoding="utf-8")
    if not agreed:
        sys.exit("Scores or vectors differ from the plain fp32 forward pass by more than is allowed.")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="auto", choices=["auto", "cpu", "cuda"])
    parser.add_argument("--model", type=Path, help="folder of real weights, for speed and agreement")
    parser.add_argument("--records", nargs="*", help="sample records to draw from (all)")
    parser.add_argument("--sizes", type=int, nargs="*", help="pairs a question (card 20 50 100 400, CPU 20 50 100)")
    parser.add_argument("--runs", type=int, help="draws a size (card 200, CPU 5)")
    parser.add_argument("--job", type=int, help="pairs of the large job (card 1,000,000, CPU 300)")
    parser.add_argument("--peer-job", type=int, help="of the other engines', and in fp32 (card 100,000, CPU 100)")
    parser.add_argument("--engines", nargs="*", help="only these, e.g. 'emr-rerank fp16' 'FlagEmbedding fp16' (all)")
    parser.add_argument("--steps", type=int, default=300, help="training steps of the small model")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--markdown", type=Path)
    arguments = parser.parse_args()
    [arguments.device] = resolve_devices(arguments.device)
    card: dict[str, Any] = {"sizes": [20, 50, 100, 400], "runs": 200, "job": 1_000_000, "peer_job": 100_000}
    small: dict[str, Any] = {"sizes": [20, 50, 100], "runs": 5, "job": 300, "peer_job": 100}
    for name, value in (small if arguments.device == "cpu" else card).items():
        if getattr(arguments, name) is None:
            setattr(arguments, name, value)
    return arguments


if __name__ == "__main__":
    main()
