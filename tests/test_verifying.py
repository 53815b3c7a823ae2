"""Claims against evidence: what is kept, what is caught, and why.

The encoder is a NarrowEncoder; what depends on the meaning of words is measured with the real one, see
assistant/data/verifier.json and docs/decisions/0012.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import judges, spelling, verifying_fit
from assistant.comparing import compare
from assistant.errors import BadUseError, EncoderError
from assistant.evidence import stretches
from assistant.judges import CrossEncoderJudge, ModelJudge
from assistant.models import Model
from assistant.pipeline import open_judge
from assistant.readings import read
from assistant.settings import Settings
from assistant.sources import load
from assistant.verifying import MAX_CLAIM, Verifier, prepare, verdict_json
from tests.fakes import NarrowEncoder
from tests.fakes_writing import ScriptedChat, scripted
from tests.mutations import changed_literally, mutations, single_statements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.datatypes import Source
    from assistant.verifying import Verdict

ROOT = Path(__file__).parents[1]
PASSAGE = (
    "# De Vogelbuurt in Tilburg\n\n"
    "Volgens het CBS telde de buurt in **2021** ongeveer 1.200 woningen.[^2] Daarvan zijn 400 woningen van "
    "*corporatie TIWOS*.[^2] Alleen huurders kregen een lening van 5.000 euro.\n\n"
    "## Resultaat\nDe gemeente deed:\n- een gesprek aan de keukentafel;\n- een huisbezoek in Zeist. "
    "De huur steeg niet.\n\n"
    "| Jaar | Woningen |\n| --- | --- |\n| 2019 | 35 |\n| 2020 | 80 |\n"
)


@pytest.fixture(scope="module", autouse=True)
def _dictionary() -> None:
    """Read once: the first sentence waits for it."""
    spelling.dictionary("nl")


@pytest.fixture(scope="module")
def verifier() -> Verifier:
    return Verifier(NarrowEncoder())


@pytest.fixture(scope="module")
def notes() -> list[Source]:
    return [load(path) for path in sorted((ROOT / "corpus").glob("*.md"))]


def codes(verdict: Verdict) -> set[str]:
    return {reason.code for reason in verdict.reasons}


@pytest.mark.parametrize(
    ("claim", "quoted"),
    [
        (
            "Volgens het CBS telde de buurt in 2021 ongeveer 1.200 woningen.",
            "Volgens het CBS telde de buurt in **2021** ongeveer 1.200 woningen.",
        ),
        ("Daarvan zijn **400 woningen** van corporatie TIWOS. [1]", "Daarvan zijn 400 woningen van"),
        ("een gesprek aan de keukentafel", "een gesprek aan de keukentafel;"),
        ("De huur steeg niet [2, 3].", "De huur steeg niet."),
        ("2019 | 35", "| 2019 | 35 |"),
    ],
)
def test_a_literal_sentence_is_supported_by_its_exact_span(
    verifier: Verifier, claim: str, quoted: str
) -> None:
    verdict = verifier.verify(claim, ["Iets anders.", PASSAGE])
    assert verdict.supported
    assert not verdict.reasons
    assert verdict.span is not None
    place, start, end = verdict.span
    assert place == 1
    assert PASSAGE[start:end].startswith(quoted)


@pytest.mark.parametrize(
    ("claim", "code"),
    [
        ("Volgens het CBS telde de buurt in 2021 ongeveer 1.300 woningen.", "number"),
        ("Volgens het CBS telde de buurt in 2020 ongeveer 1.200 woningen.", "date"),
        ("Volgens het SCP telde de buurt in 2021 ongeveer 1.200 woningen.", "name"),
        ("Daarvan zijn 1.200 woningen van corporatie TIWOS.", "number"),
        ("Daarvan zijn 400 woningen van corporatie Tiwonen.", "name"),
        ("Alleen huurders kregen een lening van 5.000 procent.", "number"),
        ("een huisbezoek in Breda.", "name"),
        ("2019 | 45", "number"),
        ("In 2021 telde de buurt vijftienhonderd woningen volgens het CBS.", "number"),
    ],
)
def test_another_number_date_or_name_is_a_fault_with_a_reason(
    verifier: Verifier, claim: str, code: str
) -> None:
    verdict = verifier.verify(claim, [PASSAGE])
    assert not verdict.supported
    assert code in codes(verdict)
    assert verdict.span is None
    assert verdict.score < 0.3
    assert all(reason.text.endswith(".") for reason in verdict.reasons)


@pytest.mark.parametrize(
    ("claim", "code"),
    [
        ("De huur steeg.", "negation"),
        ("De huur daalde niet.", "contrast"),
        ("Alleen eigenaren kregen een lening van 5.000 euro.", "contrast"),
        ("Alleen huurders kregen geen lening van 5.000 euro.", "negation"),
    ],
)
def test_a_turned_sentence_is_not_supported(verifier: Verifier, claim: str, code: str) -> None:
    verdict = verifier.verify(claim, [PASSAGE])
    assert not verdict.supported
    assert code in codes(verdict)


@pytest.mark.parametrize(
    "claim",
    [
        "Volgens het CBS telde de buurt in 2021 circa 1200 woningen.",
        "In 2021 telde de buurt volgens het CBS ongeveer 1.200 woningen.",
        "Daarvan zijn vierhonderd woningen van corporatie TIWOS.",
        "Alleen huurders kregen een lening van vijfduizend euro.",
    ],
)
def test_a_light_rewording_is_supported(verifier: Verifier, claim: str) -> None:
    assert verifier.verify(claim, [PASSAGE]).supported


@pytest.mark.parametrize(
    ("claim", "source", "kept"),
    [
        ("De proef in Zweden duurde drie jaar.", "Een driejarige Zweedse proef liep goed.", True),
        ("De Zweedse proef duurde drie jaar.", "De driejarige proef in Zweden liep goed.", True),
        ("De proef in Noorwegen duurde drie jaar.", "Een driejarige Zweedse proef liep goed.", False),
        ("De proef in Zweden duurde vier jaar.", "Een driejarige Zweedse proef liep goed.", False),
    ],
)
def test_a_country_and_a_duration_may_be_said_in_an_adjective(claim: str, source: str, kept: bool) -> None:
    prepared = prepare(claim, [source])
    assert (prepared.decided is None) == kept, prepared.decided


def test_a_cause_that_the_source_does_not_give_counts_against_a_sentence() -> None:
    source = "De huur bleef gelijk. De bewoners zijn tevreden, want de buurt werd veiliger."
    both, given, invented = (
        compare(read(claim), next(stretches([source]))).values["caused"]
        for claim in (
            "De huur is niet veranderd.",
            "De bewoners zijn tevreden, want de buurt is nu veiliger.",
            "De bewoners zijn tevreden doordat de huur gelijk bleef.",
        )
    )
    assert (both, given, invented) == (0.0, 1.0, 1.0)
    (stretch,) = (each for each in stretches([source]) if len(each.sentences) == 2)
    assert compare(read("Zij zijn tevreden, want het werd veiliger."), stretch).values["caused"] == 0.0
    comparison = compare(read("De huur bleef gelijk dankzij de gemeente."), stretch)
    assert comparison.remarks[0].name == "cause"


def test_forty_percent_is_not_forty_euro(verifier: Verifier) -> None:
    assert verifier.verify("Zij betalen 40%.", ["Zij betalen 40%."]).supported
    assert not verifier.verify("Zij betalen € 40.", ["Zij betalen 40%."]).supported


def test_many_claims_are_judged_as_one_by_one(verifier: Verifier) -> None:
    claims = [("De huur steeg niet.", [PASSAGE]), ("Alles is anders.", [PASSAGE]), ("", [PASSAGE])]
    assert verifier.verify_all(claims) == [verifier.verify(*claim) for claim in claims]
    assert verifier.verify_all([]) == []


def test_what_rules_decide_needs_no_encoder() -> None:
    encoder = NarrowEncoder()
    verifier = Verifier(encoder)
    verifier.verify("De huur steeg niet.", [PASSAGE])
    verifier.verify("Daarvan zijn 500 woningen van corporatie TIWOS.", [PASSAGE])
    assert encoder.encoded == 0


def test_what_was_embedded_is_not_embedded_again() -> None:
    encoder = NarrowEncoder()
    verifier = Verifier(encoder)
    claim = "Aan de keukentafel sprak men met bewoners van de buurt over hun huur."
    first = verifier.verify(claim, [PASSAGE])
    embedded = encoder.encoded
    assert embedded > 0
    assert verifier.verify(claim, [PASSAGE]) == first
    assert encoder.encoded == embedded


@pytest.mark.parametrize("claim", ["", "   ", "\x00", "...!?", "[1]", "**", "|", "\n\n", "---"])
def test_an_empty_claim_is_not_supported(verifier: Verifier, claim: str) -> None:
    verdict = verifier.verify(claim, [PASSAGE])
    assert (verdict.supported, verdict.score, codes(verdict)) == (False, 0.0, {"empty"})


@pytest.mark.parametrize("evidence", [[], [""], ["\x00"], ["# Kop"], ["***"]])
def test_without_evidence_nothing_is_supported(verifier: Verifier, evidence: list[str]) -> None:
    verdict = verifier.verify("De huur steeg niet.", evidence)
    assert (verdict.supported, codes(verdict)) == (False, {"words"})


@pytest.mark.parametrize(
    "sign", ["a", "9", "9.", "niet ", "Aa ", "|", "*", "een op ", "([", "é", "Tilburg, "]
)
def test_hostile_texts_end_in_a_verdict(verifier: Verifier, sign: str) -> None:
    long = sign * (100_000 // len(sign))
    assert not verifier.verify(long, [PASSAGE]).supported
    assert not verifier.verify("De buurt kreeg een zwembad met 12 banen.", [long]).supported
    assert not verifier.verify(sign * (MAX_CLAIM // len(sign) - 1), [long, PASSAGE] * 4).supported or sign


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200), st.lists(st.text(max_size=400), max_size=3))
def test_any_texts_give_a_verdict_within_bounds(claim: str, evidence: list[str]) -> None:
    verdict = Verifier(NarrowEncoder()).verify(claim, evidence)
    assert 0 <= verdict.score <= 1
    assert verdict.supported == (verdict.span is not None)
    if verdict.span:
        place, start, end = verdict.span
        assert 0 <= start < end <= len(evidence[place])


def test_statements_of_the_notes_are_supported_by_their_passage(
    verifier: Verifier, notes: list[Source]
) -> None:
    found = single_statements(notes)
    verdicts = verifier.verify_all([(each.text, [each.passage]) for each in found])
    assert sum(verdict.supported for verdict in verdicts) >= 0.99 * len(found)


def test_one_changed_number_year_or_place_is_caught(verifier: Verifier, notes: list[Source]) -> None:
    made = list(changed_literally(notes))
    verdicts = verifier.verify_all([(each.claim, [each.passage]) for each in made])
    for kind in ("number", "date", "place"):
        own = [verdict for each, verdict in zip(made, verdicts, strict=True) if each.change == kind]
        assert len(own) >= 80
        assert sum(not verdict.supported for verdict in own) >= 0.97 * len(own), kind


def test_the_generator_makes_every_kind_the_same_each_time(notes: list[Source]) -> None:
    made = mutations(notes[:60], 5)
    assert made == mutations(notes[:60], 5)
    assert {each.supported for each in made} == {True, False}
    assert all(each.claim != each.sentence for each in made if each.change != "quote")


def test_the_verdict_of_a_line_has_the_layout_of_the_design(verifier: Verifier) -> None:
    verdict = verifier.verify("De huur steeg.", [PASSAGE])
    assert verdict_json(7, verdict) == {
        "id": 7,
        "supported": False,
        "score": round(verdict.score, 4),
        "reasons": [{"code": each.code, "text": each.text} for each in verdict.reasons],
    }


class OneJudge:
    """A Judge that always gives the same chance, and keeps what it was asked."""

    def __init__(self, chance: float) -> None:
        self.chance = chance
        self.asked: list[tuple[str, str]] = []

    def chances(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        self.asked += pairs
        return [self.chance] * len(pairs)


def test_a_judge_decides_what_no_rule_does() -> None:
    claim = "Aan de keukentafel sprak men met bewoners."
    for chance in (0.9, 0.1):
        judge = OneJudge(chance)
        verdict = Verifier(NarrowEncoder(), judge).verify(claim, [PASSAGE])
        assert verdict.supported == (chance > 0.5)
        assert judge.asked
        assert all(asked == claim for asked, _ in judge.asked)
    judge = OneJudge(1.0)
    assert not Verifier(NarrowEncoder(), judge).verify("een huisbezoek in Breda.", [PASSAGE]).supported
    assert not judge.asked


def tiny_cross_encoder(folder: Path, labels: Sequence[str]) -> Path:
    """A cross-encoder with random weights, as Sentence Transformers keeps one."""
    import transformers

    library: Any = transformers  # some of its classes have no types

    folder.mkdir()
    vocabulary = folder / "vocab.txt"
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "de", "huur", "steeg", "niet", "."]
    vocabulary.write_text("\n".join(words), encoding="utf-8")
    config = library.BertConfig(
        vocab_size=len(words),
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=8,
        max_position_embeddings=64,
        id2label=dict(enumerate(labels)),
        label2id={label: place for place, label in enumerate(labels)},
    )
    library.BertForSequenceClassification(config).save_pretrained(folder)
    library.BertTokenizerFast(vocab_file=str(vocabulary), model_max_length=64).save_pretrained(folder)
    return folder


def test_a_cross_encoder_of_either_sort_gives_chances(tmp_path: Path) -> None:
    for number, labels in enumerate((["LABEL_0"], ["contradiction", "entailment", "neutral"])):
        judge = CrossEncoderJudge(str(tiny_cross_encoder(tmp_path / str(number), labels)))
        chances = judge.chances([("de huur steeg", "de huur steeg niet"), ("niet", "de huur")])
        assert len(chances) == 2
        assert all(0 < chance < 1 for chance in chances)
        assert judge.chances([]) == []


def test_a_cross_encoder_whose_labels_say_nothing_is_refused(tmp_path: Path) -> None:
    folder = tiny_cross_encoder(tmp_path / "odd", ["positive", "not_entailment", "negative"])
    with pytest.raises(EncoderError, match="none of them means"):
        CrossEncoderJudge(str(folder))


def test_a_folder_that_is_no_judge_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="cannot be loaded"):
        CrossEncoderJudge(str(tmp_path))


def test_a_setting_names_the_judge(tmp_path: Path) -> None:
    assert open_judge(Settings.from_env({}, tmp_path)) is None
    folder = tiny_cross_encoder(tmp_path / "eigen", ["contradiction", "entailment", "neutral"])
    judge = open_judge(Settings.from_env({"ASSISTANT_JUDGE": f"cross-encoder:{folder}"}, tmp_path))
    assert isinstance(judge, CrossEncoderJudge)
    verdict = Verifier(NarrowEncoder(), judge).verify("Aan de keukentafel sprak men.", [PASSAGE])
    assert 0 < verdict.score < 1
    llm = {"ASSISTANT_JUDGE": "llm", "ASSISTANT_LLM": "ollama:klein"}
    assert isinstance(open_judge(Settings.from_env(llm, tmp_path)), ModelJudge)
    with pytest.raises(EncoderError, match="cannot be loaded"):
        open_judge(Settings.from_env({"ASSISTANT_JUDGE": f"cross-encoder:{tmp_path}"}, tmp_path))


@pytest.mark.parametrize(
    ("said", "supported"),
    [
        ("Ja.", True),
        ("<think>Nee?</think>\nja", True),
        ("Yes, it does.", True),
        ("Nee.", False),
        ("De bron zegt: ja.", False),
        ("", False),
        ("[ja](http://kwaad.example)", True),
        ("bla " * 2_000, False),
    ],
)
def test_the_language_model_may_judge(said: str, supported: bool) -> None:
    chat = ScriptedChat(script=[said])
    judge = ModelJudge(Model(lambda: chat, "scripted"))
    claim = "Aan de keukentafel sprak men met bewoners."
    assert Verifier(NarrowEncoder(), judge).verify(claim, [PASSAGE]).supported == supported
    lines = str(chat.asked[0][1].content).splitlines()
    assert claim in lines
    assert len({line for line in lines if line.startswith("<<<")}) == 1


def test_a_model_that_fails_as_a_judge_is_an_error_and_rules_do_not_ask_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    claim = "Aan de keukentafel sprak men met bewoners."
    for judge in (ModelJudge(scripted("Ja", finishes=False)), ModelJudge(scripted("Ja", problem="weg"))):
        with pytest.raises(EncoderError, match="judge failed"):
            Verifier(NarrowEncoder(), judge).verify(claim, [PASSAGE])
    monkeypatch.setattr(judges, "TIMEOUT_S", 0.2)
    with pytest.raises(EncoderError, match="in time"):
        Verifier(NarrowEncoder(), ModelJudge(scripted("Ja.", pause_s=0.3))).verify(claim, [PASSAGE])
    obeying = ModelJudge(scripted("Ja."))
    assert not Verifier(NarrowEncoder(), obeying).verify("een huisbezoek in Breda.", [PASSAGE]).supported


def pairs() -> list[verifying_fit.Pair]:
    names = ("paraphrase_pairs", "paraphrase_pairs_own", "unsaid_pairs")
    return [
        pair
        for name in names
        for pair in verifying_fit.read_pairs(ROOT / "tests" / "questions" / f"{name}.jsonl")
    ]


def test_the_fit_gives_a_model_with_its_figures() -> None:
    model = verifying_fit.fit_verifier(pairs(), NarrowEncoder())
    stored = json.loads((ROOT / "assistant" / "data" / "verifier.json").read_text(encoding="utf-8"))
    assert model.keys() == stored.keys()
    assert model["coefficients"].keys() == stored["coefficients"].keys()
    by_hand = model["figures"]["by_hand"]
    assert by_hand["kept"]["n"] == 132
    assert by_hand["auroc_held_out"] > 0.8
    assert model == verifying_fit.fit_verifier(pairs(), NarrowEncoder())


def test_stored_figures_reach_their_aims() -> None:
    stored = json.loads((ROOT / "assistant" / "data" / "verifier.json").read_text(encoding="utf-8"))
    for group in ("by_hand", "generated"):
        figures = stored["figures"][group]
        assert figures["kept"]["share"] >= 0.85
        assert figures["caught"]["share"] >= 0.85
        assert all(figures["by_change"][kind]["share"] >= 0.95 for kind in ("number", "date", "place"))


def test_too_few_pairs_cannot_be_fitted_on() -> None:
    with pytest.raises(BadUseError, match="too few pairs"):
        verifying_fit.fit_verifier(pairs()[:3], NarrowEncoder())
    with pytest.raises(BadUseError, match="too few pairs"):
        verifying_fit.fit_verifier([pair for pair in pairs() if pair.supported], NarrowEncoder())


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        '{"id": 1, "claim": "a", "supported": "ja", "change": "x", "evidence": "b"}',
        '{"id": 1, "claim": 3, "supported": true, "change": "x", "evidence": "b"}',
        '{"id": 1, "claim": "a", "supported": true, "change": "x"}',
    ],
)
def test_a_line_that_is_no_pair_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text(f"\n{line}\n", encoding="utf-8")
    with pytest.raises(BadUseError, match=r"pairs\.jsonl:2"):
        verifying_fit.read_pairs(path)
