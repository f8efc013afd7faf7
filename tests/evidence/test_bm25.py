import math

import pytest

from emr_rerank.evidence.bm25 import BM25, K1, B

TEXTS = [["a", "b"], ["a", "a", "c"], ["d"]]


def test_idf_falls_with_the_number_of_texts() -> None:
    index = BM25(TEXTS)
    assert index.idf("a") == pytest.approx(math.log(1 + 1.5 / 2.5))
    assert index.idf("d") == pytest.approx(math.log(1 + 2.5 / 1.5))
    assert index.idf("unknown") > index.idf("d") > index.idf("a") > 0


def test_the_formula() -> None:
    index = BM25(TEXTS)
    norm = K1 * (1 - B + B * 3 / 2)
    assert index.scores(["a"])[1] == pytest.approx(index.idf("a") * 2 * (K1 + 1) / (2 + norm))
    assert index.scores(["a"])[2] == 0


def test_terms_add_up_once_and_by_weight() -> None:
    index = BM25(TEXTS)
    once = index.scores(["a", "b"])
    assert index.scores(["a", "b", "a"]) == pytest.approx(once)
    assert index.scores(["a"], lambda _: 2.0) == pytest.approx(2 * index.scores(["a"]))


def test_nothing_indexed_and_nothing_asked() -> None:
    assert BM25([]).scores(["a"]).shape == (0,)
    assert BM25(TEXTS).scores([]).tolist() == [0, 0, 0]
