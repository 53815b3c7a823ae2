"""A real server with a real, very small model, which writes nonsense: nothing of it is shown as found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from assistant.models import open_model
from assistant.passages import statement_text
from assistant.verifying import Verifier
from assistant.writing import Limits, Writer
from tests.fakes_writing import gathered
from tests.small_model import CONTEXT_TOKENS, served
from tests.test_writing import PASSAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.encoder import SentenceEncoder
    from assistant.models import Model

pytestmark = [pytest.mark.real_model, pytest.mark.timeout(600)]
GIVEN = [PASSAGES["fixbrigade#1"]]
QUESTIONS = ("Wat doet de FIXbrigade?",)


@pytest.fixture(scope="module")
def model() -> Iterator[Model]:
    with served() as address:
        opened = open_model(
            "openai:smollm2", base_url=address, context_tokens=CONTEXT_TOKENS, temperature=0.7
        )
        yield opened
        opened.close()


def test_it_streams_and_tells_how_long_its_tokens_are(model: Model) -> None:
    before = model.count_tokens("a" * 3_000)
    text = "De gemeente en de corporatie werken samen aan de wijk. " * 6
    stream = model.stream([("system", "Vat samen."), ("user", text)], 300)
    pieces = [piece for _, piece in zip(range(5), stream, strict=False)]
    stream.close()
    list(model.stream([("system", "Zeg alleen: ja."), ("user", f"{text} Zeg ja.")], 300))

    assert "".join(pieces).strip()
    assert model.count_tokens("a" * 3_000) >= before


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_is_shown_as_supported_stands_there(
    model: Model, real_encoder: SentenceEncoder, question: str
) -> None:
    writer = Writer(model, Verifier(real_encoder), Limits(timeout_s=300, sentences=3))
    last, why = gathered(writer.write(question, GIVEN, "nl"))

    assert why not in {"refused", "unreachable", "broken", "checking", "room"}
    for each in last.checked:
        words = set(each.drafted.text.lower().split())
        for choice in each.rests_on:
            shared = words & set(statement_text(choice.source, choice.units).lower().split())
            assert len(shared) >= len(words) / 3
