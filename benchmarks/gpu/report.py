"""The results as markdown."""

from typing import Any

from benchmarks.gpu.stored_ids import told

LIBRARIES = ("torch", "transformers", "FlagEmbedding", "sentence-transformers")


def markdown(results: dict[str, Any]) -> str:
    """Tables for docs/benchmarks.md; the numbers are those of the JSON."""
    machine, model = results["machine"], results["model"]
    libraries = ", ".join(f"{name} {machine[name]}" for name in LIBRARIES)
    parts = [
        f"{machine['device']}, {libraries}; "
        f"{model['layers']} layers × {model['hidden']}, {model['parameters'] / 1e6:.0f} M parameters, "
        f"{model['weights']}; {machine['threads']} threads.",
        _latency(results),
        _stages(results),
        _jobs(results),
        _agreement(results),
        told(results["stored_ids"]),
    ]
    return "\n\n".join(parts) + "\n"


def _latency(results: dict[str, Any]) -> str:
    sizes = results["sizes"]
    rows = [
        [name, *(f"{times['p50']:.1f} / {times['p95']:.1f} / {times['p99']:.1f}" for times in by_size.values())]
        for name, by_size in results["latency"].items()
    ]
    head = ["end to end, ms: p50 / p95 / p99", *(f"{size} pairs" for size in sizes)]
    return _table(head, rows)


def _stages(results: dict[str, Any]) -> str:
    rows = []
    for name, by_size in results["stages"].items():
        for size, found in by_size.items():
            times = (found[stage] for stage in ("tokenise", "copy", "compute"))
            split = (f"{time['p50']:.2f} / {time['p95']:.2f} / {time['p99']:.2f}" for time in times)
            padded = results["padding"][size]
            rows.append([name, size, *split, f"{padded['ours']:.1%}", f"{padded['batches of 64']:.1%}"])
    head = [
        "stages, ms: p50 / p95 / p99",
        "pairs",
        "tokenise",
        "copy",
        "compute",
        "padding",
        "padding of batches of 64",
    ]
    return _table(head, rows)


def _jobs(results: dict[str, Any]) -> str:
    products = results["matrix_product_flops"]
    rows = [
        [
            name,
            kind,
            f"{job['pairs']:,}",
            f"{job['pairs_per_s']:,.0f}",
            f"{job['tokens_per_s']:,.0f}",
            f"{job['flops'] / job['s'] / products[name.rpartition(' ')[2]]:.1%}",
        ]
        for name, jobs in results["jobs"].items()
        for kind, job in jobs.items()
    ]
    rates = ", ".join(f"{name} {value / 1e12:.2f}" for name, value in products.items())
    peaks = [
        f"{name} {peak['allocated']:,.0f} MiB allocated, {peak['reserved']:,.0f} MiB reserved"
        for name, peak in results["memory_at_50"].items()
        if peak
    ]
    memory = f" Peak memory at 50 pairs: {'; '.join(peaks)}." if peaks else ""
    head = ["large job", "pairs", "number", "pairs/s", "real tokens/s", "FLOP utilisation"]
    return _table(head, rows) + f"\n\nMatrix product, TFLOP/s: {rates}.{memory}"


def _agreement(results: dict[str, Any]) -> str:
    rows = [
        [
            name,
            f"{found['max_difference']:.1e}",
            f"{found['kendall_tau']:.4f}",
            f"{found['top5_flips']} of {results['agreement_questions']}",
            f"{found['company']:.1e}",
        ]
        for name, found in results["agreement"].items()
    ]
    head = ["against plain fp32", "largest difference", "Kendall tau", "other top 5", "by company or order"]
    return _table(head, rows)


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
