"""Why a sentence is not supported: a name for programs, and words in plain Dutch or English for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

_TEXTS: Mapping[str, tuple[str, str]] = {
    "empty": ("Er staat geen zin om na te gaan.", "There is no sentence to check."),
    "length": ("Dit is te lang voor één zin.", "This is too long for one sentence."),
    "words-none": (
        "Er is geen bron om deze zin mee te vergelijken.",
        "There is no source to compare this sentence with.",
    ),
    "words": (
        "Een deel van deze zin staat niet in de bron.",
        "A part of this sentence is not in the source.",
    ),
    "meaning": ("Geen zin in de bron zegt dit.", "No sentence in the source says this."),
    "number": ("Het getal {} staat niet zo in de bron.", "The number {} is not so in the source."),
    "number-counted": (
        "Het getal {} telt in de bron iets anders.",
        "The number {} counts something else in the source.",
    ),
    "date": ("De datum {} staat niet zo in de bron.", "The date {} is not so in the source."),
    "date-year": ("Het jaar {} staat niet zo in de bron.", "The year {} is not so in the source."),
    "name": ("De naam {} staat niet zo in de bron.", "The name {} is not so in the source."),
    "negation": (
        "De zin en de bron verschillen in een ontkenning („{}”).",
        "The sentence and the source differ in a denial (“{}”).",
    ),
    "contrast": ("De zin zegt „{}”, de bron „{}”.", "The sentence says “{}”, the source “{}”."),
    "scope": (
        "De zin gaat verder of minder ver dan de bron, bijvoorbeeld met „alle”, „alleen” of „moet”.",
        "The sentence goes further than the source, or less far, for example with “all”, “only” or “must”.",
    ),
    "scope-bound": (
        "De zin noemt een ondergrens waar de bron een bovengrens noemt, of andersom.",
        "The sentence gives a lower bound where the source gives an upper one, or the other way round.",
    ),
    "cause": (
        "De reden die de zin geeft, staat niet in de bron.",
        "The reason that the sentence gives is not in the source.",
    ),
    "order": (
        "Woorden of getallen staan in de bron in een andere verhouding tot elkaar.",
        "Words or numbers stand in another relation to each other in the source.",
    ),
    "uncited": (
        "Bij deze zin noemt het taalmodel geen bron.",
        "The language model names no source for this.",
    ),
    "unknown": (
        "Deze zin verwijst naar een bron die er niet is.",
        "This sentence refers to a source that does not exist.",
    ),
    "found": (
        "Deze zin is niet teruggevonden in de bron.",
        "This sentence was not found in the source.",
    ),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason by its name in the table above, with the words of the sentence that it is about."""

    name: str
    words: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """For programs; several reasons may share one."""
        return self.name.partition("-")[0]

    @property
    def text(self) -> str:
        """A sentence in plain Dutch."""
        return self.said("nl")

    def said(self, language: Literal["nl", "en"]) -> str:
        """A sentence in plain Dutch or English; the words in it stay as they are."""
        return _TEXTS[self.name][language == "en"].format(*self.words)
