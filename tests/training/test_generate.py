"""The bank is sound, and what is held out is never trained on."""

import random
import re

import pytest

from training.generate import HELD_INTENTS, Intent, group, groups, intents, wordings

BANK = intents()


def test_the_bank_is_wide() -> None:
    assert len(BANK) >= 80
    assert len({intent.id for intent in BANK}) == len(BANK)
    chinese, english = ({text for intent in BANK for text in texts(intent)} for texts in (_zh, _en))
    assert len(chinese) + len(english) >= 1_300
    assert len(chinese) >= 1.5 * len(english)


def _zh(intent: Intent) -> tuple[str, ...]:
    return intent.zh


def _en(intent: Intent) -> tuple[str, ...]:
    return intent.en


@pytest.mark.parametrize("intent", BANK, ids=lambda intent: intent.id)
def test_every_wording_has_proofs_and_traps_without_open_braces(intent: Intent) -> None:
    for question in (*intent.zh, *intent.en):
        assert intent.proofs(question), question
        made = group(intent, question, BANK, random.Random(1))
        texts = [made["question"], *made["positives"], *made["negatives"]]
        assert not [text for text in texts if re.search(r"[{}]", text)]
        assert len(made["negatives"]) >= 4
        assert not set(made["positives"]) & set(made["negatives"])


def test_held_out_wordings_are_never_trained_on() -> None:
    for intent in BANK:
        trained, held = set(wordings(intent, held=False)), set(wordings(intent, held=True))
        assert not trained & held
        assert trained | held == {*intent.zh, *intent.en}
        assert held
    assert {intent.id for intent in BANK} >= HELD_INTENTS
    assert not [made for made in groups(500, held=False, seed=7) if made["intent"] in HELD_INTENTS]


def test_the_same_seed_gives_the_same_groups() -> None:
    assert list(groups(30, held=False, seed=3)) == list(groups(30, held=False, seed=3))
