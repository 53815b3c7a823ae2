"""What people type to an assistant that is no question to the material: a greeting, thanks, "wat kun je?".

Pure: a text in, what to say back out. Only a text that is nothing else counts; "Hoi, wat kost een warmtenet?"
is a question. What is said back tells what this is and claims nothing about the material.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from assistant.dutch import words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assistant.datatypes import Language

Kind = Literal["hello", "thanks", "about", "write", "bye"]
Small = tuple[Kind, "Language"]
"""A kind of small talk, and the language it was typed in."""

MAX_WORDS = 14


def _table(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_HELLO = _table("hoi hallo hey hi hello goedemorgen goedemiddag goedenavond")
_FILL = _HELLO | _table(
    "ok oke okay ja nee nou top super mooi fijn goed duidelijk prima great nice good fine yes no daar there "
    "heel erg zeer allemaal ook eigenlijk precies alvast eens even dan nu hier here bot assistent assistant "
    "alsjeblieft aub please hoor hulp graag"
)
"""Words that say nothing by themselves, before and after what is matched."""
_ENGLISH = _table("hi hello great nice good fine yes no please there here")
_YOU, _ME = r"(je|jij|jou|u)", r"( voor (mij|ons)| mij| me)?"
_CAN = r"(kun|kan|kunt|wil|wilt|zou)"
_DRAFT = r"schrijf|schrijven|maak|maken|opstellen"
_LETTER = (
    r"(brief|brieven|mail|mailtje|e-mail|email|nieuwsbrief|persbericht|gedicht|toespraak|speech|letter|poem)"
)
_PHRASES: Mapping[Small, tuple[str, ...]] = {
    ("hello", "nl"): (r"dag|goede (morgen|middag|avond)", rf"hoe gaat het( met {_YOU})?|alles goed|test"),
    ("hello", "en"): (r"good (morning|afternoon|evening|day)", r"how are you( doing)?"),
    ("thanks", "nl"): (
        rf"(be)?dankt?( {_YOU}( wel)?)?( voor (je|de|uw|alle) (hulp|antwoord|informatie|uitleg))?",
        r"dank(jewel|uwel|je|u)|merci",
    ),
    ("thanks", "en"): (
        r"(thanks|thank you|thx)( (very|so) much| a lot)?( for (your|the) (help|answers?))?",
        r"cheers",
    ),
    ("about", "nl"): (
        rf"(wie|wat) (ben|bent) {_YOU}|hoe heet {_YOU}|wie heeft {_YOU} gemaakt",
        rf"(wat|waarmee) (kun|kan|kunt|weet|doe|doet) ({_YOU}|deze (chat|bot)){_ME}"
        r"( doen| helpen| vertellen| beantwoorden)?",
        rf"(kun|kan|kunt) {_YOU} (mij|me) helpen|waar weet {_YOU} iets van",
        rf"ben {_YOU} (een )?(mens|robot|bot|ai|chatgpt|computer|taalmodel|echt)",
        rf"(wat|waarover) (kan|mag|moet) ik( {_YOU})? (hier )?(vragen( stellen)?|doen)",
    ),
    ("about", "en"): (
        r"who are you|what are you|what( is|s) your name|can you help( me)?",
        r"what (can|do) you (do|know)( for (me|us))?|what (can|may|should) i ask( you)?",
        r"are you (a |an )?(human|robot|bot|ai|chatgpt|real)",
    ),
    ("write", "nl"): (
        rf"({_CAN} {_YOU} .*|help (mij|me|ons) .*)?({_DRAFT})\b.*\b{_LETTER}\b.*",
        rf"({_CAN} {_YOU}|help (mij|me|ons)) .*\b{_LETTER}\b.*\b({_DRAFT})",
        rf"({_CAN} {_YOU}|help (mij|me|ons))( \w+){{0,3}} {_LETTER} ({_DRAFT})\b.*",
    ),
    ("write", "en"): (rf"((can|could|will|would) you .*|help (me|us) .*)?(write|draft)\b.*\b{_LETTER}\b.*",),
    ("bye", "nl"): (r"doei|tot ziens|tot (de )?volgende keer", r"fijne (dag|avond)( nog)?|fijn weekend"),
    ("bye", "en"): (r"bye( bye)?|goodbye|see you( later)?", r"have a (nice|good) day"),
}
_OF_THIS: Mapping[Small, tuple[str, ...]] = {
    ("about", "nl"): (
        r"wat is dit( voor iets)?|waar gaat dit over|help|uitleg",
        r"hoe werkt (dit|deze (chat|bot|assistent|site|app))",
    ),
    ("about", "en"): (r"what is this|how does this work", r"help( me)?"),
}
"""Asks what this is, where nothing was answered yet that "dit" could mean."""


def _compiled(phrases: Mapping[Small, tuple[str, ...]]) -> dict[Small, re.Pattern[str]]:
    return {small: re.compile("|".join(parts)) for small, parts in phrases.items()}


_PATTERNS, _THIS_PATTERNS = _compiled(_PHRASES), _compiled(_OF_THIS)
_REPLIES: Mapping[Language, Mapping[Kind, str]] = {
    "nl": {
        "hello": "Hallo! Stel uw vraag over aardgasvrije wijken en sociale doelen, zoals energiearmoede, "
        "werk en participatie. De antwoorden komen uit het materiaal dat hier is ingelezen. Bij elke zin "
        "staat de bron.",
        "thanks": "Graag gedaan. Stel gerust nog een vraag.",
        "about": "Dit is een computerprogramma. Het beantwoordt vragen over aardgasvrije wijken en sociale "
        "doelen: energiearmoede, werk en opleiding, eigenaren met weinig geld, openbare ruimte en "
        "participatie. De antwoorden komen uit het materiaal dat hier is ingelezen. Bij elke zin staat de "
        "bron. Vindt het programma geen antwoord, dan zegt het dat. Vraag bijvoorbeeld naar een wijk, een "
        "aanpak, kosten, knelpunten of voorbeelden.",
        "write": "Dat kan dit programma niet: het schrijft geen brieven of andere teksten. Het zoekt "
        "antwoorden in het materiaal dat hier is ingelezen. Stel een vraag, dan ziet u wat daarin staat.",
        "bye": "Tot ziens!",
    },
    "en": {
        "hello": "Hello! Ask your question here about gas-free neighbourhoods and social goals, such as "
        "energy poverty, jobs and participation. The answers come from the material that was read in here, "
        "mostly in Dutch. Each sentence has its source.",
        "thanks": "You are welcome. Feel free to ask another question.",
        "about": "This is a computer program. It answers questions about gas-free neighbourhoods and social "
        "goals: energy poverty, jobs and training, owners with little money, public space and participation. "
        "The answers come from the material that was read in here, mostly in Dutch. Each sentence has its "
        "source. If the program finds no answer, it says so. Ask for instance about a neighbourhood, an "
        "approach, costs, problems or examples.",
        "write": "This program cannot do that: it writes no letters or other texts. It looks for answers in "
        "the material that was read in here. Ask a question, and you see what that says.",
        "bye": "Goodbye!",
    },
}


def read(text: str, *, begun: bool) -> Small | None:
    """What kind of small talk a text is; None for anything else.

    Args:
        text: as typed.
        begun: whether something was answered before, which "Hoe werkt dit?" then is about.
    """
    said = words(text)
    if not said or len(said) > MAX_WORDS:
        return None
    if set(said) <= _FILL:
        return _only_fill(said, begun=begun)
    return _matched(" ".join(said), begun=begun) or _matched(" ".join(_without_fill(said)), begun=begun)


def reply(small: Small) -> str:
    """What to say back."""
    kind, language = small
    return _REPLIES[language][kind]


def _matched(said: str, *, begun: bool) -> Small | None:
    patterns = _PATTERNS.items() if begun else [*_PATTERNS.items(), *_THIS_PATTERNS.items()]
    return next((small for small, pattern in patterns if pattern.fullmatch(said)), None)


def _only_fill(said: Sequence[str], *, begun: bool) -> Small:
    """A bare "Ok" or "Top" closes what was said before; before anything was, nothing is known of the wish."""
    language: Language = "en" if said[0] in _ENGLISH else "nl"
    if set(said) & _HELLO:
        return "hello", language
    return ("thanks" if begun else "about"), language


def _without_fill(said: Sequence[str]) -> Sequence[str]:
    inside = [place for place, word in enumerate(said) if word not in _FILL]
    return said[inside[0] : inside[-1] + 1]
