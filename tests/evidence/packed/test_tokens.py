"""Ids of pairs and texts, against transformers' own tokenizer calls."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from benchmarks.gpu.plain import PlainReranker
from emr_rerank.errors import ModelError
from emr_rerank.evidence.packed.tokens import PairTokenizer
from tests.evidence.tiny_bge import CHARACTERS, CORPUS, QUESTION, tiny_reranker

TEXT = st.text(alphabet=CHARACTERS, max_size=60).map(str) | st.sampled_from(["", "肌", "☃", "<pad>", "<s> a"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_reranker(tmp_path_factory.mktemp("tokens"))


@pytest.fixture(scope="module")
def tokenizer(folder: Path) -> PairTokenizer:
    return PairTokenizer(folder, 512)


@pytest.fixture(scope="module")
def plain(folder: Path) -> PlainReranker:
    return PlainReranker(folder)


@given(pairs=st.lists(st.tuples(TEXT, TEXT, st.integers(1, 40), st.integers(1, 40)), min_size=1, max_size=5))
def test_pairs_are_joined_and_cut_as_the_reference(
    pairs: list[tuple[str, str, int, int]], tokenizer: PairTokenizer, plain: PlainReranker
) -> None:
    texts = [(question * often, passage * times) for question, passage, often, times in pairs]
    made = tokenizer.pairs(texts)
    assert made == [plain.ids(*pair) for pair in texts]
    assert all(len(ids) <= 512 for ids in made)


def test_a_pair_within_the_limit_is_the_tokenizers_own(folder: Path, tokenizer: PairTokenizer) -> None:
    own = AutoTokenizer.from_pretrained(folder)
    expected = [own(QUESTION, text, truncation="only_second", max_length=512)["input_ids"] for text in CORPUS]
    assert tokenizer.pairs([(QUESTION, text) for text in CORPUS]) == expected


@pytest.mark.parametrize("text", ["", "肌", CORPUS[0], " ".join(CORPUS * 60)])
def test_singles_are_the_tokenizers_own(text: str, folder: Path, tokenizer: PairTokenizer) -> None:
    own = AutoTokenizer.from_pretrained(folder)
    assert tokenizer.singles([text]) == [own(text, truncation=True, max_length=512)["input_ids"]]


def test_a_tokenizer_that_joins_in_another_way_is_refused(folder: Path, tmp_path: Path) -> None:
    own = AutoTokenizer.from_pretrained(folder)
    from tokenizers import processors

    backend = own.backend_tokenizer
    backend.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    PreTrainedTokenizerFast(
        tokenizer_object=backend, bos_token="<s>", eos_token="</s>", pad_token="<pad>", unk_token="<unk>"
    ).save_pretrained(tmp_path)
    with pytest.raises(ModelError, match="does not join pairs"):
        PairTokenizer(tmp_path, 512)
