"""Ids of pairs and texts, against transformers' own tokenizer calls."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from benchmarks.gpu.plain import PlainReranker
from emr_rerank.errors import ModelError
from emr_rerank.evidence.packed.stored import StoredIds, packed_ids
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


@given(pairs=st.lists(st.tuples(TEXT, TEXT, st.integers(1, 40)), min_size=1, max_size=5), data=st.data())
def test_known_passages_give_the_same_pairs(
    pairs: list[tuple[str, str, int]], data: st.DataObject, tokenizer: PairTokenizer
) -> None:
    texts = [(question, passage * times) for question, passage, times in pairs]
    archived = data.draw(st.lists(st.sampled_from([passage for _, passage in texts])))
    known = StoredIds(packed_ids(tokenizer.passages(archived)))
    assert tokenizer.pairs(texts, known) == tokenizer.pairs(texts)


def test_a_known_passage_is_not_tokenised(tokenizer: PairTokenizer, monkeypatch: pytest.MonkeyPatch) -> None:
    known = StoredIds(packed_ids(tokenizer.passages(CORPUS[:5])))
    expected = tokenizer.pairs([(QUESTION, text) for text in CORPUS])
    tokenised: list[str] = []
    own = tokenizer._distinct
    monkeypatch.setattr(tokenizer, "_distinct", lambda texts, most: (tokenised.extend(texts), own(texts, most))[1])
    assert tokenizer.pairs([(QUESTION, text) for text in CORPUS], known) == expected
    assert set(tokenised) == {QUESTION, *CORPUS[5:]}


def test_a_fingerprint_tells_tokenizers_apart(folder: Path, tokenizer: PairTokenizer, tmp_path: Path) -> None:
    same = PairTokenizer(shutil.copytree(folder, tmp_path / "copy"), 512)
    assert same.fingerprint == tokenizer.fingerprint
    assert len(same.fingerprint) == len("sha256:") + 64
    assert PairTokenizer(folder, 256).fingerprint != tokenizer.fingerprint
    changed = tmp_path / "copy" / "tokenizer_config.json"
    changed.write_text(changed.read_text() + " ")
    assert PairTokenizer(tmp_path / "copy", 512).fingerprint != tokenizer.fingerprint


def test_a_library_that_reads_the_same_files_otherwise_has_another_fingerprint(
    folder: Path, tokenizer: PairTokenizer
) -> None:
    from tokenizers import normalizers

    other = PairTokenizer(folder, 512)
    other._backend.normalizer = normalizers.NFKC()
    assert other.fingerprint != tokenizer.fingerprint


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
