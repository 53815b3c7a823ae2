"""Claims made from the practice notes: unchanged, lightly reworded, or changed so that they are not true.

`python -m tests.mutations OUT.jsonl` writes those that the verifier is fitted on.

All of it is generated, the same for the same seed. The words that are put in the place of others stand here
and not in the verifier's own lists, so that these are not tested on themselves; some overlap of so common
words as "stijgen" and "dalen" cannot be avoided.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.dutch import content_words, stem
from assistant.gazetteer import municipalities
from assistant.passages import split, statement_text, statements
from assistant.sources import load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from assistant.datatypes import Source

SUPPORTED = ("quote", "synonym", "order", "dropped", "written_number")
UNSUPPORTED = (
    "number",
    "date",
    "place",
    "organisation",
    "negation",
    "scope",
    "antonym",
    "roles",
    "causality",
    "other_note",
    "same_note",
    "mixed",
    "near",
)


def _table(listed: str) -> dict[str, str]:
    """Each `a = b` of a list parted by semicolons, as a → b."""
    parted = (each.partition(" = ") for each in " ".join(listed.split()).split("; "))
    return {key: value for key, _, value in parted}


PER_KIND = 120
WEIGHT = 0.12
"""What a generated claim counts for in the fit against one written by hand."""
_SYNONYMS = _table(
    """
    woningen = huizen; huizen = woningen; bewoners = inwoners; inwoners = bewoners; voldoende = genoeg;
    genoeg = voldoende; ongeveer = circa; vooral = met name; ook = eveneens; start = begint; kosten =
    uitgaven; gesprekken = gesprekken aan tafel; maatregelen = ingrepen; samen = gezamenlijk; begon =
    startte; krijgen = ontvangen; krijgt = ontvangt; kreeg = ontving; daarom = om die reden; belangrijk =
    essentieel; tijdens = gedurende; meldt = schrijft; wijk = buurt; buurt = wijk; aardgasvrij = van het gas
    los; lening = krediet; bijvoorbeeld = onder meer; hulp = ondersteuning; helpt = ondersteunt; helpen =
    ondersteunen; onderzoek = studie; medewerkers = werknemers; mensen = personen; aanpak = werkwijze; plan
    = voornemen; maar = echter wel; zorgt = draagt zorg; wil = wenst; moeilijk = lastig; project =
    initiatief; laten zien = tonen; jongeren = jonge mensen; huishoudens = gezinnen; subsidie =
    overheidsbijdrage; gebruiken = benutten; gebruikt = benut; vindt = meent; zegt = vertelt; oplossing =
    uitweg; energierekening = rekening voor energie
    """
)
_SCOPE = _table(
    """
    alle = sommige; sommige = alle; de meeste = alle; veel = alle; alleen = niet alleen; vaak = altijd; soms
    = altijd; altijd = soms; meestal = altijd; minstens = hooguit; minimaal = maximaal; maximaal = minimaal;
    ruim = bijna; bijna = ruim; meer dan = minder dan; iedereen = bijna niemand; elke = een enkele; een deel
    van = heel; kan = moet; kunnen = moeten; mogen = moeten; deels = volledig; ook = alleen; vooral =
    uitsluitend; hooguit = minstens; een aantal = alle
    """
)
_ANTONYMS = _table(
    """
    meer = minder; minder = meer; hoger = lager; lager = hoger; hoge = lage; lage = hoge; steeg = daalde;
    daalde = steeg; stijgt = daalt; daalt = stijgt; stijging = daling; daling = stijging; verplicht =
    vrijwillig; vrijwillig = verplicht; huurders = huiseigenaren; eigenaren = huurders; huiseigenaren =
    huurders; huurwoningen = koopwoningen; koopwoningen = huurwoningen; goedkoper = duurder; duurder =
    goedkoper; groter = kleiner; kleiner = groter; grote = kleine; kleine = grote; lastig = makkelijk;
    eerste = laatste; laatste = eerste; nieuwe = oude; oude = nieuwe; lukte = mislukte; beter = slechter;
    snel = traag; vóór = na; voordelen = nadelen; sterk = zwak; arme = rijke; vertrouwen = wantrouwen;
    betaalbaar = onbetaalbaar; individuele = gezamenlijke; lang = kort; eerder = later; binnen = buiten;
    openbare = particuliere; gratis = tegen betaling; winst = verlies; lening = gift; zomer = winter;
    jongeren = ouderen; ouderen = jongeren; isolatie = ventilatie; moeilijk = eenvoudig
    """
)
_ROLES = (
    ("gemeente", "corporatie"),
    ("gemeente", "provincie"),
    ("gemeente", "bewoners"),
    ("bewoners", "corporatie"),
    ("gemeenten", "corporaties"),
    ("huurders", "eigenaren"),
    ("Rijk", "gemeente"),
    ("Rijk", "gemeenten"),
    ("gemeenten", "bewoners"),
    ("huurders", "corporatie"),
    ("warmtenet", "warmtepomp"),
    ("wijk", "stad"),
    ("bewoners", "gemeenten"),
    ("koopwoningen", "huurwoningen"),
    ("armoede", "gezondheid"),
    ("werk", "scholing"),
    ("kosten", "opbrengsten"),
)
_DROPPED = (
    "ook",
    "daarom",
    "inmiddels",
    "verder",
    "dus",
    "nu",
    "toen",
    "bijvoorbeeld",
    "daarnaast",
    "tegelijk",
    "intussen",
)
_NUMBER = re.compile(r"(?<![\w.,-])\d{1,3}(?:\.\d{3})+(?![\w])|(?<![\w.,-])\d+(?:,\d+)?(?![\w,.-]*\d)(?!\w)")
_YEAR = re.compile(r"(?<![\w.,-])(?:19|20)\d\d(?![\w.,-]*\d)")
_MONTH = re.compile(
    r"\b(?:januari|februari|maart|april|juni|juli|augustus|september|oktober|november|december)\b"
)
_SPELLED = ("twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf", "twaalf")
_WORD_NUMBER = re.compile(
    rf"\b(?:{'|'.join((*_SPELLED, 'twintig', 'dertig', 'veertig', 'vijftig', 'honderd'))})\b"
)
_VERB = re.compile(r"\b(?:is|zijn|was|waren|wordt|worden|werd|werden|kan|kunnen|wil|willen|heeft|hebben)\b")
_DENIAL = re.compile(r"\b(?:niet|geen|nooit|zonder|niemand|niets|nauwelijks)\b", re.IGNORECASE)
_JOINT = re.compile(
    r", (?:maar|en|want|omdat|doordat|zodat|waardoor|terwijl) | (?:omdat|doordat|zodat|waardoor|terwijl) "
)
_WHY = re.compile(r" (?:omdat|doordat|want|dankzij|vanwege) ")


@dataclass(frozen=True, slots=True)
class Mutation:
    """A claim with its passage.

    `change` is one of SUPPORTED or UNSUPPORTED; `sentence` what the claim is made from.
    """

    note: str
    sentence: str
    passage: str
    claim: str
    change: str

    @property
    def supported(self) -> bool:
        """Whether the passage supports the claim."""
        return self.change in SUPPORTED


@dataclass(frozen=True, slots=True)
class _Statement:
    note: str
    text: str
    passage: str
    kind: str


@dataclass(frozen=True, slots=True)
class _Material:
    """What claims are made from: every statement, and the names and reasons that occur."""

    statements: Sequence[_Statement]
    by_note: dict[str, list[_Statement]]
    organisations: Sequence[str]
    reasons: Sequence[str]


def single_statements(sources: Sequence[Source]) -> list[_Statement]:
    """Every sentence, list item and table row of the notes, plain, with the Markdown passage it stands in."""
    found = []
    for source in sources:
        for passage in split(source, lambda texts: [len(text) // 4 for text in texts]):
            text = source.text[passage.start : passage.end]
            found += [
                _Statement(source.id, statement_text(source, units), text, units[0].kind)
                for units in statements(passage)
            ]
    return found


def mutations(sources: Sequence[Source], per_kind: int, seed: int = 5) -> list[Mutation]:
    """Up to `per_kind` claims of each kind from the notes, each kind from other sentences where it can.

    The evidence is the passage and the sentence alone by turns.
    """
    material = _material(sources)
    chance = random.Random(seed)
    found: list[Mutation] = []
    for kind in (*SUPPORTED, *UNSUPPORTED):
        order = [
            each for each in material.statements if each.kind in {"sentence", "item"} and _fits(each.text)
        ]
        chance.shuffle(order)
        made = 0
        notes: Counter[str] = Counter()
        for each in order:
            claim = _MAKERS[kind](each, material, chance) if notes[each.note] < 3 else None
            if (claim and claim != each.text and made < per_kind) or (kind == "quote" and made < per_kind):
                evidence = each.passage if made % 2 else each.text
                found.append(Mutation(each.note, each.text, evidence, claim or each.text, kind))
                made += 1
                notes[each.note] += 1
    return found


def changed_literally(sources: Sequence[Source], seed: int = 6) -> Iterator[Mutation]:
    """Per statement of the notes one claim for each number, year or place in it that can be changed."""
    material = _material(sources)
    chance = random.Random(seed)
    for each in material.statements:
        for kind in ("number", "date", "place"):
            claim = _MAKERS[kind](each, material, chance)
            if claim and claim != each.text:
                yield Mutation(each.note, each.text, each.passage, claim, kind)


def _fits(text: str) -> bool:
    return 40 < len(text) < 260 and not text.endswith((":", "?"))


def _material(sources: Sequence[Source]) -> _Material:
    found = single_statements(sources)
    by_note: dict[str, list[_Statement]] = defaultdict(list)
    for each in found:
        by_note[each.note].append(each)
    publishers = Counter(source.publisher for source in sources)
    return _Material(
        found,
        by_note,
        sorted(
            {name for name, count in publishers.items() if len(name.split()) <= 3 and len(name) > 2}
            | _ACRONYMS
        ),
        sorted(
            {
                match.string[match.end() :]
                for each in found
                for match in _WHY.finditer(each.text)
                if _fits(each.text)
            }
        ),
    )


_ACRONYMS = {
    "TNO",
    "CBS",
    "NRC",
    "RVO",
    "Platform31",
    "Aedes",
    "VNG",
    "PBL",
    "SCP",
    "Trouw",
    "de Volkskrant",
    "Milieu Centraal",
}


def _quote(each: _Statement, _: _Material, __: random.Random) -> str | None:
    return each.text


def _swap_word(
    table: dict[str, str], most: int
) -> Callable[[_Statement, _Material, random.Random], str | None]:
    pattern = re.compile(
        rf"(?<![\w-])(?:{'|'.join(sorted(map(re.escape, table), key=len, reverse=True))})(?![\w-])"
    )

    def make(each: _Statement, _: _Material, chance: random.Random) -> str | None:
        matches = list(pattern.finditer(each.text))
        if not matches:
            return None
        chosen = chance.sample(matches, min(most, len(matches)))
        if any(re.search(rf"\b{re.escape(table[match[0]])}\b", each.text) for match in chosen):
            return None
        text = each.text
        for match in sorted(chosen, key=lambda found: -found.start()):
            text = text[: match.start()] + table[match[0]] + text[match.end() :]
        return text

    return make


def _order(each: _Statement, _: _Material, __: random.Random) -> str | None:
    """Put "Volgens X" at the end, or turn "A en B" into "B en A"."""
    match = re.match(r"Volgens ([^,:]{3,60}?) (\w+) ((?:de|het|een) [a-z-]{4,}) (.+)\.$", each.text)
    if match and match[2].islower() and _VERB.fullmatch(match[2]):
        subject = match[3][0].upper() + match[3][1:]
        return f"{subject} {match[2]} {match[4]}, volgens {match[1]}."
    match = re.search(r"(\b(?:van|voor|met|door|tussen|aan) )([a-z]{5,}) en ([a-z]{5,})(?=[.,])", each.text)
    if match:
        return f"{each.text[: match.end(1)]}{match[3]} en {match[2]}{each.text[match.end() :]}"
    return None


def _drop(each: _Statement, _: _Material, __: random.Random) -> str | None:
    text = re.sub(r" \([^()]{1,60}\)", "", each.text)
    text = re.sub(rf"(?<=\w) (?:{'|'.join(_DROPPED)})(?= \w)", "", text, count=1)
    text = re.sub(r"^[A-Z][\w ]{3,40}: (?=\w)", "", text)
    return text if text != each.text else None


def _write_number(each: _Statement, _: _Material, __: random.Random) -> str | None:
    """Digits to words and back, % to procent, 2.000 to tweeduizend, 25 procent to een kwart."""
    shares = {"25": "een kwart", "50": "de helft", "75": "driekwart", "20": "een vijfde", "10": "een tiende"}
    text = re.sub(r"\b(25|50|75|20|10)(?:%| procent)(?= van)", lambda match: shares[match[1]], each.text)
    text = re.sub(r"(\d)%", r"\1 procent", text) if text == each.text else text
    if text == each.text:
        text = re.sub(r"(\d) procent", r"\1%", text)
    if text == each.text:
        digits = re.compile(
            rf"(?<![\w.,-])([2-9]|1[0-2])(?![\w.,%-]*\d)(?! {_MONTH.pattern})(?= [a-z]{{4,}})"
        )
        text = digits.sub(lambda match: _SPELLED[int(match[1]) - 2], text)
    if text == each.text:
        text = re.sub(
            rf"\b({'|'.join(_SPELLED)})(?= [a-z]{{4,}})", lambda m: str(_SPELLED.index(m[1]) + 2), text
        )
    if text == each.text:
        text = re.sub(r"(?<![\w.,])([2-9])\.000\b", lambda m: f"{_SPELLED[int(m[1]) - 2]}duizend", text)
    return text if text != each.text else None


def _number(each: _Statement, _: _Material, chance: random.Random) -> str | None:
    """Another value for one number, in digits or in words, that the passage does not hold."""
    matches = [match for match in _NUMBER.finditer(each.text) if not _YEAR.fullmatch(match[0])]
    if matches:
        match = chance.choice(matches)
        other = _other_figure(match[0], chance)
    else:
        words = list(_WORD_NUMBER.finditer(each.text))
        if not words:
            return None
        match = chance.choice(words)
        other = chance.choice(
            [word for word in (*_SPELLED, "twintig", "dertig", "vijftig") if word != match[0]]
        )
    if re.search(rf"(?<![\w.,]){re.escape(other)}(?![\w])", each.text):
        return None
    return each.text[: match.start()] + other + each.text[match.end() :]


def _other_figure(written: str, chance: random.Random) -> str:
    """Another first or second digit: 1.250 → 1.750, 9 → 4; never the same value."""
    places = [place for place, sign in enumerate(written) if sign.isdigit()][:2]
    place = places[0] if len(places) == 1 or written[places[1]] == "0" else chance.choice(places)
    lowest = 1 if place == 0 else 0
    digit = chance.choice([each for each in "0123456789"[lowest:] if each != written[place]])
    return written[:place] + digit + written[place + 1 :]


def _date(each: _Statement, _: _Material, chance: random.Random) -> str | None:
    years = list(_YEAR.finditer(each.text))
    months = list(_MONTH.finditer(each.text))
    if years and not (months and chance.random() < 0.3):
        match = chance.choice(years)
        step = chance.choice((-7, -4, -3, -2, -1, 1, 2, 3, 5, 8))
        other = str(int(match[0]) + step)
    elif months:
        match = chance.choice(months)
        names = [
            "januari",
            "februari",
            "maart",
            "april",
            "juni",
            "juli",
            "augustus",
            "september",
            "oktober",
            "november",
            "december",
        ]
        other = chance.choice([name for name in names if name != match[0]])
    else:
        return None
    return None if other in each.text else each.text[: match.start()] + other + each.text[match.end() :]


def _place(each: _Statement, _: _Material, chance: random.Random) -> str | None:
    known = [name for name in _places() if name in each.text]
    spans = [
        m
        for name in known
        for m in re.finditer(rf"(?<![\w-]){re.escape(name)}(?![\w-])(?! [A-Z])", each.text)
    ]
    spans = [match for match in spans if not re.search(r"[A-Z][\w-]* $", each.text[: match.start()])]
    if not spans:
        return None
    match = chance.choice(spans)
    other = chance.choice([name for name in _places() if name not in each.passage])
    return each.text[: match.start()] + other + each.text[match.end() :]


def _places() -> list[str]:
    words = {
        "Best",
        "Beek",
        "Bergen",
        "Borne",
        "Buren",
        "Goes",
        "Houten",
        "Huizen",
        "Laren",
        "Stein",
        "Oss",
        "Ede",
        "Epe",
        "Delft",
    }
    return [name for name in municipalities() if name not in words and " " not in name and "'" not in name]


def _organisation(each: _Statement, material: _Material, chance: random.Random) -> str | None:
    known = [
        name
        for name in material.organisations
        if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", each.text)
    ]
    if not known:
        return None
    name = max(known, key=len)
    other = chance.choice([each_ for each_ in material.organisations if each_ not in each.passage])
    return re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", lambda _: other, each.text)


def _negation(each: _Statement, _: _Material, chance: random.Random) -> str | None:
    """Take out the one denial there is, or put one after the finite verb."""
    denials = list(_DENIAL.finditer(each.text))
    if len(denials) == 1 and denials[0][0] in {"niet", "geen", "zonder", "nauwelijks"}:
        put = {"niet": "", "geen": "wel ", "zonder": "met ", "nauwelijks": ""}[denials[0][0]]
        rest = each.text[denials[0].end() :].lstrip()
        return f"{each.text[: denials[0].start()]}{put}{rest}" if "niet alleen" not in each.text else None
    if denials:
        return None
    articles = list(re.finditer(r"(?<=\w )een (?=[a-z]{4,})", each.text))
    if articles and chance.random() < 0.4:
        match = chance.choice(articles)
        return f"{each.text[: match.start()]}geen {each.text[match.end() :]}"
    verbs = list(_VERB.finditer(each.text))
    if not verbs:
        return None
    match = verbs[0]
    after = re.match(r" (?:de|het|een|er|ze|zij|dit|dat|die|deze) [\w-]+| [a-z]\w+", each.text[match.end() :])
    end = match.end() + (after.end() if after and each.text[: match.start()].strip()[:1].islower() else 0)
    return f"{each.text[:end]} niet{each.text[end:]}"


def _roles(each: _Statement, _: _Material, __: random.Random) -> str | None:
    numbers = [match for match in _NUMBER.finditer(each.text) if not _YEAR.fullmatch(match[0])]
    if (
        len(numbers) == 2
        and numbers[0][0] != numbers[1][0]
        and "tot" not in each.text[numbers[0].end() : numbers[1].start()]
    ):
        first, second = numbers
        middle = each.text[first.end() : second.start()]
        if len(middle) > 8:
            return each.text[: first.start()] + second[0] + middle + first[0] + each.text[second.end() :]
    for one, other in _ROLES:
        pattern = re.compile(rf"(?<![\w-])({one}|{other})(?![\w-])")
        found = [match[0] for match in pattern.finditer(each.text)]
        if sorted(found) == sorted((one, other)) and f"{found[0]} en {found[1]}" not in each.text:
            if re.search(rf"{found[0]}(?:, | of |, \w+ )", each.text):
                continue
            swapped = {one: other, other: one}
            return "".join(swapped.get(part, part) for part in pattern.split(each.text))
    return None


def _causality(each: _Statement, material: _Material, chance: random.Random) -> str | None:
    """Another reason in the place of the one that is given, or one where none is."""
    reason = chance.choice(material.reasons)
    match = _WHY.search(each.text)
    if match:
        return f"{each.text[: match.end()]}{reason}"
    if chance.random() < 0.3 and each.text.endswith(".") and "," not in each.text:
        return f"{each.text[:-1]}, omdat {reason}"
    return None


def _other_note(each: _Statement, material: _Material, chance: random.Random) -> str | None:
    other = chance.choice(material.statements)
    fits = other.note != each.note and other.kind in {"sentence", "item"} and _fits(other.text)
    return other.text if fits and other.text not in each.passage else None


def _same_note(each: _Statement, material: _Material, chance: random.Random) -> str | None:
    """A true sentence of another passage of the note."""
    others = [
        other.text
        for other in material.by_note[each.note]
        if other.passage != each.passage and other.kind in {"sentence", "item"} and _fits(other.text)
    ]
    return chance.choice(others) if others else None


def _mixed(each: _Statement, material: _Material, chance: random.Random) -> str | None:
    """The first half of a sentence with the second half of another sentence of the note."""
    match = _JOINT.search(each.text)
    others = [other for other in material.by_note[each.note] if other.text != each.text]
    ends = [found.string[found.start() :] for other in others if (found := _JOINT.search(other.text))]
    if not match or not ends:
        return None
    claim = each.text[: match.start()] + chance.choice(ends)
    return claim if len(claim) > 40 else None


def _near(each: _Statement, material: _Material, chance: random.Random) -> str | None:
    """A short sentence of another note that shares the most words with this passage: vaguely related."""
    known = {stem(word) for word in content_words(each.passage)}
    others = [other for other in chance.sample(material.statements, 200) if _is_short(other)]
    fits = [other for other in others if other.note != each.note and other.text not in each.passage]
    if not fits:
        return None
    told = {other.text: {stem(word) for word in content_words(other.text)} for other in fits}
    return max(told, key=lambda text: (len(told[text] & known) / (1 + len(told[text])), text))


def _is_short(each: _Statement) -> bool:
    return each.kind == "sentence" and 3 < len(each.text.split()) <= 12 and not each.text.endswith("?")


_MAKERS: dict[str, Callable[[_Statement, _Material, random.Random], str | None]] = {
    "quote": _quote,
    "synonym": _swap_word(_SYNONYMS, 3),
    "order": _order,
    "dropped": _drop,
    "written_number": _write_number,
    "number": _number,
    "date": _date,
    "place": _place,
    "organisation": _organisation,
    "negation": _negation,
    "scope": _swap_word(_SCOPE, 1),
    "antonym": _swap_word(_ANTONYMS, 1),
    "roles": _roles,
    "causality": _causality,
    "other_note": _other_note,
    "same_note": _same_note,
    "mixed": _mixed,
    "near": _near,
}


def main(out: Path, per_kind: int = PER_KIND) -> None:
    """Write the claims to fit on, in the layout that `assistant.verifying_fit.read_pairs` reads."""
    corpus = Path(__file__).parent.parent / "corpus"
    made = mutations([load(path) for path in sorted(corpus.glob("*.md"))], per_kind)
    lines = (
        {"id": f"m{number:04}", "note": each.note, "source_sentence": each.sentence, "evidence": each.passage}
        | {"claim": each.claim, "supported": each.supported, "change": each.change, "weight": WEIGHT}
        for number, each in enumerate(made, start=1)
    )
    out.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
