"""Parts of `python -m benchmarks.rerank_gpu`."""
