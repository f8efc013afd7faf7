"""Which pieces of the vocabulary are kept."""

from tokenizers import Tokenizer

from emr_rerank.evidence.compact.tokens import FILE
from training.backbone import SPECIALS, Unpacked, kept_pieces
from training.texts import PREFIXES

UNUSED = [f"▁{first}{second}" for first in "abcdefgh" for second in "nopqrs"]
LETTERS = list("▁abcdefghijklmnopqrstuvwxyz:肌酐")
PIECES = [*SPECIALS, *LETTERS, *UNUSED, "▁passage", "▁query", "▁creatinine"]


def model() -> Unpacked:
    """A vocabulary, without weights; longer pieces are the likelier."""
    return Unpacked(PIECES, [-20.0 + 2 * len(piece) for piece in PIECES], 0, 0, 0, 0, 0.0, {})


def test_what_the_encoder_reads_before_every_text_is_kept_as_it_was_trained() -> None:
    kept = {PIECES[index] for index in kept_pieces(model(), [*PREFIXES, "creatinine"], size=len(SPECIALS) + 38)}
    assert {"▁passage", "▁query", "▁creatinine"} <= kept
    assert not kept >= set(UNUSED)
    assert {*SPECIALS, *LETTERS} <= kept


def test_the_shipped_vocabulary_has_the_words_before_every_text() -> None:
    tokens = Tokenizer.from_file(str(FILE))
    assert [tokens.encode(text.strip(), add_special_tokens=False).tokens for text in PREFIXES] == [
        ["▁que", "ry", ":"],
        ["▁passage", ":"],
    ]
