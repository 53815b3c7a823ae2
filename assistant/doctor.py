"""Whether the language model works: does it answer and stream, how fast, in which language, does it cite.

Asks the model two short questions with a passage of our own, so that nothing of the material is needed.
"""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from assistant.drafting import Draft
from assistant.dutch import language_of, words
from assistant.errors import AssistantError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from assistant.datatypes import Language
    from assistant.drafting import Drafted
    from assistant.models import ChatModel
    from assistant.verifying import Judge

State = Literal["good", "doubtful", "bad"]

_FIGURE = "340"
_PASSAGE = (
    "[1] Gemeente Voorbeeldstad, Jaarverslag, 2021\n"
    "<<<passage>>>\n"
    f"In 2021 bezochten vrijwillige energiecoaches {_FIGURE} huurders in de wijk Zuid. De gemeente betaalde "
    "de opleiding van de coaches.\n"
    "<<<passage>>>"
)
_ASKED: dict[Language, tuple[str, str]] = {
    "nl": (
        "Antwoord in het Nederlands met wat in de passage staat. Zet achter elke zin het nummer: [1].",
        f"{_PASSAGE}\n\nHoeveel huurders bezochten de energiecoaches, en wie betaalde hun opleiding?",
    ),
    "en": (
        "Answer in English with what the passage says. Put its number after every sentence: [1].",
        f"{_PASSAGE}\n\nHow many tenants did the energy coaches visit, and who paid for their training?",
    ),
}
_SAID = f"Vrijwillige energiecoaches gingen langs bij {_FIGURE} huurders in de wijk Zuid."
_UNSAID = "De huurders in de wijk Zuid betaalden zelf de opleiding van de energiecoaches."
_NAMES: dict[Language, str] = {"nl": "Dutch", "en": "English"}
_FIRST_WORDS_S, _CHARACTERS_S = 10.0, 40.0
"""A reader waits so long for the first words, and reads about as fast as this."""
_FEW_WORDS = 4
_LIKELY = 0.5


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: what is asked of the model, how it stands, and a sentence about it."""

    check: str
    state: State
    text: str


@dataclass(frozen=True, slots=True)
class Heard:
    """What a model said to one question: pieces with the seconds after the question at which they came."""

    text: str
    arrived: tuple[float, ...]

    @property
    def first_s(self) -> float:
        """Seconds until the first words."""
        return self.arrived[0] if self.arrived else 0.0

    @property
    def characters_per_s(self) -> float:
        """How fast it wrote from the first words on."""
        took = self.arrived[-1] - self.arrived[0] if self.arrived else 0.0
        return len(self.text) / took if took > 0 else 0.0


def examine(
    model: ChatModel | None, timeout_s: float, clock: Callable[[], float] = time.monotonic
) -> tuple[Finding, ...]:
    """Ask the model a question in Dutch and one in English, and judge what comes.

    Args:
        model: None when none is configured, which is no fault.
        timeout_s: for each of the two answers.
        clock: seconds.
    """
    if model is None:
        text = "No language model is configured (ASSISTANT_LLM): answers are quoted, which needs none."
        return (Finding("model", "good", text),)
    try:
        dutch = _hear(model, "nl", timeout_s, clock)
    except AssistantError as error:
        return (Finding("answers", "bad", f"It does not answer. {error}"),)
    findings = [_answers(dutch), _streams(dutch), _speed(dutch), _language(dutch, "nl"), _cites(dutch)]
    try:
        findings.append(_language(_hear(model, "en", timeout_s, clock), "en"))
    except AssistantError as error:
        findings.append(Finding("English", "bad", f"A second question was not answered. {error}"))
    return tuple(findings)


def examine_judge(judge: Judge) -> Finding:
    """Whether a judge tells a sentence that our passage says from one that it does not say."""
    evidence = _PASSAGE.split("<<<passage>>>")[1].strip()
    try:
        said, unsaid = judge.chances([(_SAID, evidence), (_UNSAID, evidence)])
    except AssistantError as error:
        return Finding("judge", "bad", f"It does not judge. {error}")
    text = f"A sentence that the passage says gets {said:.2f}, one that it does not say gets {unsaid:.2f}"
    if said >= _LIKELY > unsaid:
        return Finding("judge", "good", f"{text}.")
    return Finding("judge", "bad", f"{text}; name another judge in ASSISTANT_JUDGE, or none.")


def is_sound(findings: Sequence[Finding]) -> bool:
    """Whether nothing is bad; what is doubtful still works."""
    return all(finding.state != "bad" for finding in findings)


def as_text(findings: Sequence[Finding]) -> str:
    """The findings as lines for a terminal."""
    signs = {"good": "ok  ", "doubtful": "?   ", "bad": "FAIL"}
    return "\n".join(f"{signs[finding.state]} {finding.check}: {finding.text}" for finding in findings)


def _hear(model: ChatModel, language: Language, timeout_s: float, clock: Callable[[], float]) -> Heard:
    system, user = _ASKED[language]
    began = clock()
    pieces: list[str] = []
    arrived: list[float] = []
    with closing(model.stream([("system", system), ("user", user)], timeout_s)) as stream:
        for piece in filter(None, stream):
            pieces.append(piece)
            arrived.append(clock() - began)
    return Heard("".join(pieces), tuple(arrived))


def _answers(heard: Heard) -> Finding:
    if len(words(heard.text)) < _FEW_WORDS:
        return Finding("answers", "bad", f"It says next to nothing ({len(heard.text)} characters).")
    return Finding("answers", "good", f"It answers, in {heard.arrived[-1]:.1f} s.")


def _streams(heard: Heard) -> Finding:
    if len(heard.arrived) <= _FEW_WORDS:
        return Finding("streams", "doubtful", "The answer comes at once: the first sentence shows late.")
    return Finding("streams", "good", f"It streams, in {len(heard.arrived)} pieces.")


def _speed(heard: Heard) -> Finding:
    text = f"First words after {heard.first_s:.1f} s, then {heard.characters_per_s:.0f} characters a second"
    slow = heard.first_s > _FIRST_WORDS_S or 0 < heard.characters_per_s < _CHARACTERS_S
    return Finding("speed", "doubtful" if slow else "good", f"{text}{'; readers wait' if slow else ''}.")


def _language(heard: Heard, asked: Language) -> Finding:
    found = language_of(_spoken(heard))
    if found != asked:
        return Finding(
            _NAMES[asked],
            "bad",
            f"Asked in {_NAMES[asked]} it answers in another language; such answers are dropped.",
        )
    return Finding(_NAMES[asked], "good", f"Asked in {_NAMES[asked]} it answers in {_NAMES[asked]}.")


def _cites(heard: Heard) -> Finding:
    drafted = _drafted(heard)
    cited = sum(1 in each.numbers for each in drafted)
    known = _FIGURE in heard.text
    text = f"{cited} of {len(drafted)} sentences cite the passage"
    if not cited:
        return Finding("cites", "bad", f"{text}; without citations its answers are dropped.")
    if cited < len(drafted) or not known:
        more = "" if known else ", and the number asked for is not in them"
        return Finding("cites", "doubtful", f"{text}{more}.")
    return Finding("cites", "good", f"{text}.")


def _drafted(heard: Heard) -> list[Drafted]:
    draft = Draft("nl")
    return [*draft.feed(heard.text), *draft.finish()]


def _spoken(heard: Heard) -> str:
    return " ".join(each.text for each in _drafted(heard))
