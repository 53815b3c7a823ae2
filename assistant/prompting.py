"""Question, passages and conversation → what a language model is asked, by a text that editors can change.

`assistant/data/prompt_nl.md` and `prompt_en.md` hold the words: above the line `---` what the model is told
to be, below it the request. Passages, question and conversation are data: each stands between lines with a
sign that is new and random for every request, so that no text can end its own passage or begin another. What
stands above the line is the same for every request, so that a server reads it once.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING

from assistant.errors import BadUseError
from assistant.export import spoken_date
from assistant.passages import note_title
from assistant.sources import MARKS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from assistant.datatypes import Answer, Language, Passage, Source

PLACEHOLDERS = frozenset({"passages", "gesprek", "vraag"})
"""What the request in a prompt file must hold, each after a dollar sign."""
MAX_PASSAGES = 8
"""More make small models lose the thread; the best eight hold the answer as often as the best twenty."""
TURNS, TURN_CHARACTERS = 3, 600
"""How much of the conversation the model sees."""
_NONE = {"nl": "(niets)", "en": "(nothing)"}
_ASKED = {"nl": "Vraag", "en": "Question"}
_SAID = {"nl": "Antwoord", "en": "Answer"}
_NUMBER = re.compile(r"\[(\^?\d{1,4})\]")


@dataclass(frozen=True, slots=True)
class Given:
    """A passage of a note, for the model to write from."""

    source: Source
    passage: Passage

    @property
    def text(self) -> str:
        """The exact stretch of the note, with its footnote marks."""
        return self.source.text[self.passage.start : self.passage.end]


def request(
    question: str,
    given: Sequence[Given],
    language: Language,
    history: Sequence[Answer],
    room: int,
    count_tokens: Callable[[str], int],
) -> tuple[str, str, int]:
    """What the model is told to be, what it is asked, and how many of the passages fitted.

    Args:
        question: as understood.
        given: the passages, the most useful first; they get the numbers 1, 2, ...
        language: of the question.
        history: earlier answers of the conversation, oldest first.
        room: the tokens that the request may take.
        count_tokens: tokens of a text in this model.

    Raises:
        BadUseError: the prompt file lacks a part.
    """
    system, user = _template(language)
    sign = f"<<<{secrets.token_hex(8)}>>>"
    said = "\n".join(_turn(answer, language) for answer in history[-TURNS:]) or _NONE[language]
    fixed = {"gesprek": _between(sign, "", said), "vraag": _between(sign, "", question)}
    left = room - sum(count_tokens(text) for text in (system, user.substitute(fixed | {"passages": ""})))
    shown: list[str] = []
    for number, each in enumerate(given[:MAX_PASSAGES], start=1):
        block = _between(sign, f"[{number}] {_origin(each, language)}", _readable(each))
        left -= count_tokens(block)
        if left < 0:
            break
        shown.append(block)
    return system, user.substitute(fixed | {"passages": "\n\n".join(shown)}), len(shown)


def _turn(answer: Answer, language: Language) -> str:
    words = " ".join(each.text for each in answer.statements if each.supported) or answer.text
    return (
        f"{_ASKED[language]}: {_flat(answer.question)[:TURN_CHARACTERS]}\n"
        f"{_SAID[language]}: {_flat(words)[:TURN_CHARACTERS]}"
    )


def _between(sign: str, title: str, text: str) -> str:
    """A text between lines with a sign; a title stands outside, for it is ours."""
    return "\n".join(part for part in (title, sign, text.replace(sign, ""), sign) if part)


def _origin(given: Given, language: Language) -> str:
    """The documents that a passage rests on, and where in the note it stands."""
    entries = dict.fromkeys(entry for unit in given.passage.units for entry in unit.entries)
    named = (given.source.entries[entry - 1] for entry in sorted(entries))
    documents = "; ".join(
        f"{_flat(each.publisher)}, {_flat(each.title)}, {spoken_date(each.date, language)}" for each in named
    )
    path = " > ".join((note_title(given.source), *given.passage.heading))
    return f"{documents} ({_flat(path)})"


def _readable(given: Given) -> str:
    """A passage without footnote marks, and without numbers that look like those of passages."""
    return _NUMBER.sub(r"(\1)", MARKS.sub("", given.text)).strip()


def _flat(text: str) -> str:
    return _NUMBER.sub(r"(\1)", " ".join(text.replace("<<<", "").split()))


@cache
def _template(language: Language) -> tuple[str, Template]:
    name = f"prompt_{language}.md"
    text = (files("assistant") / "data" / name).read_text(encoding="utf-8")
    system, line, below = text.partition("\n---\n")
    user = Template(below.strip())
    if not line or not user.is_valid() or set(user.get_identifiers()) != PLACEHOLDERS:
        wanted = ", ".join(f"${each}" for each in sorted(PLACEHOLDERS))
        raise BadUseError(f"assistant/data/{name} must have a line with only ---, and below it {wanted}.")
    return system.strip(), user
