"""Batches filled up to a graph's size give the same results, with rows outside any sequence holding no numbers.

The capture of a card is replaced by running the pass again; sizes, buffers and filling up are those of a card.
"""

import logging
from contextlib import nullcontext
from typing import Any

import numpy as np
import pytest
import torch

from emr_rerank.evidence.packed.attention import uniform_attention
from emr_rerank.evidence.packed.batches import Batch, pack
from emr_rerank.evidence.packed.graphs import MAX_SEQUENCES, ONE_CAPTURE, CudaCapture, Graphs, graph_key
from emr_rerank.evidence.packed.load import PackedCrossEncoder
from tests.evidence.tiny_bge import CORPUS, QUESTION, tiny_reranker


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> PackedCrossEncoder:
    return PackedCrossEncoder(tiny_reranker(tmp_path_factory.mktemp("graphs")), ["cpu"], "fp32", 16384, 512)


def batch_of(encoder: PackedCrossEncoder, texts: list[str]) -> Batch:
    [batch] = encoder.engine.prepare([(QUESTION, text) for text in texts], encoder.tokenizer.pairs)
    return batch


def graphs_of(encoder: PackedCrossEncoder) -> tuple[Graphs, list[int]]:
    """Graphs that attend by the offsets in the device's buffer, as flash attention does; and the captured sizes."""
    replica = encoder.engine.replicas[0]
    captured: list[int] = []

    def forward(ids: Any, positions: Any, offsets: Any, first: Any, longest: int) -> Any:
        read = Batch((), np.zeros(0), np.zeros(0), offsets.numpy().copy(), 1)
        assert read.longest <= longest

        def attend(joint: Any) -> Any:
            attended = uniform_attention(read, replica.encoder.heads)(joint)
            attended[read.tokens :] = float("nan")
            return attended

        return replica.head(replica.encoder.first_states(ids, positions, first, attend))

    def capture(run: Any) -> Any:
        captured.append(len(captured))
        result = run()
        return lambda: result.copy_(run())  # a card's replay writes to one place, too

    return Graphs(forward, torch.device("cpu"), capture), captured


@pytest.mark.parametrize("times", [1, 3, 8])
def test_a_replay_equals_the_plain_batch(times: int, encoder: PackedCrossEncoder) -> None:
    replica = encoder.engine.replicas[0]
    graphs, captured = graphs_of(encoder)
    with torch.inference_mode():
        for shift in range(3):
            batch = batch_of(encoder, [text[: shift + 2 + n] for n in range(times) for text in CORPUS])
            key = graph_key(batch)
            assert key is not None
            made, expected = graphs.run(batch, key), replica.run(batch)
            assert torch.isfinite(made).all()
            torch.testing.assert_close(made, expected, atol=1e-4, rtol=0)
    assert 1 <= len(captured) <= 3


def test_a_size_is_captured_once_and_keeps_no_result_of_the_last_batch(encoder: PackedCrossEncoder) -> None:
    graphs, captured = graphs_of(encoder)
    with torch.inference_mode():
        first, second = batch_of(encoder, CORPUS[:3]), batch_of(encoder, CORPUS[3:6])
        assert graph_key(first) == graph_key(second) is not None
        before = graphs.run(first, graph_key(first))
        kept = before.clone()
        graphs.run(second, graph_key(second))
        assert captured == [0]
        torch.testing.assert_close(before, kept)
        graphs.drop()
        torch.testing.assert_close(graphs.run(first, graph_key(first)), before)
    assert captured == [0, 1]


@pytest.mark.parametrize(
    ("lengths", "key"),
    [
        ([48] * 50, (2560, 64)),
        ([1], (256, 64)),
        ([64] * 4, (256, 64)),
        ([65] * 4, (512, 128)),
        ([512] * 16, (8192, 512)),
        ([512] * 17, None),
        ([5] * MAX_SEQUENCES, (768, 64)),
        ([5] * (MAX_SEQUENCES + 1), None),
        ([513], None),
    ],
)
def test_which_graph_a_batch_fits(lengths: list[int], key: tuple[int, int] | None) -> None:
    [batch] = pack([[7] * length for length in lengths], 100_000, 1)
    assert graph_key(batch) == key


def test_where_nothing_can_be_captured_batches_run_without_graphs(
    encoder: PackedCrossEncoder, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    replica = encoder.engine.replicas[0]
    expected = encoder.logits([(QUESTION, text) for text in CORPUS])

    def capture(run: Any) -> Any:
        raise RuntimeError("operation not permitted when stream is capturing")

    monkeypatch.setattr(replica, "_graphs", Graphs(replica._forward, torch.device("cpu"), capture))
    with caplog.at_level(logging.WARNING):
        assert encoder.logits([(QUESTION, text) for text in CORPUS]) == expected
        assert encoder.logits([(QUESTION, CORPUS[0])]) == pytest.approx(expected[:1], abs=1e-5)
    assert caplog.messages == ["CUDA graphs do not work on cpu: short batches run without them, slower."]


def test_a_capture_that_fails_leaves_the_stream_and_the_lock_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stream:
        device = torch.device("cpu")

        def wait_stream(self, other: Any) -> None:
            pass

    class FailingGraph:
        """Like torch's, which ends a broken capture with an error of its own, before it restores the stream."""

        def __init__(self, graph: Any, **options: Any) -> None:
            self.stream = options["stream"]

        def __enter__(self) -> None:
            current.append(self.stream)

        def __exit__(self, *error: Any) -> None:
            raise RuntimeError("capture invalidated")

    own, current = Stream(), list[Any]()
    for name, stand_in in {
        "Stream": lambda device: Stream(),
        "graph_pool_handle": lambda: (0, 1),
        "current_stream": lambda device: own,
        "stream": lambda stream: nullcontext(),
        "CUDAGraph": object,
        "graph": FailingGraph,
        "set_stream": current.append,
    }.items():
        monkeypatch.setattr(torch.cuda, name, stand_in)
    with pytest.raises(RuntimeError, match="capture invalidated"):
        CudaCapture(torch.device("cuda:0"))(lambda: None)
    assert current[0] is not own and current[-1] is own
    assert not ONE_CAPTURE.locked()
