"""What is shown as supported when a model writes: 500 scripted answers, and those of a real, small model.

The scripted answers mix sentences of the notes, rewordings of them and changed ones that are no longer true,
generated (`tests/mutations.py`) and written by hand (`tests/questions/*pairs*.jsonl`), each with a citation;
some cite the wrong passage, some nothing. What the verifier was fitted on is told apart. The real model is
SmolLM2-135M, which writes fluent nonsense in Dutch. `--real N` asks it N questions, and `--out` keeps every
sentence that is shown as supported beside the words that it rests on, to be read by hand.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from collections import Counter, defaultdict
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sentencex import segment

sys.path.insert(0, str(Path(__file__).parent.parent))

from assistant import evaluation, sources
from assistant.dutch import words
from assistant.encoder import open_encoder
from assistant.index import open_live
from assistant.models import Model, open_model
from assistant.passages import plain, split, statement_text
from assistant.pipeline import Assistant
from assistant.prompting import Given
from assistant.settings import Settings
from assistant.verifying import Verifier
from assistant.writing import Limits, Writer, passages_for
from benchmarks.recording import REPO, record
from tests.fakes_writing import gathered
from tests.fakes_writing import scripted as scripted_model
from tests.mutations import mutations
from tests.small_model import CONTEXT_TOKENS, served

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from assistant.datatypes import Answer, Source
    from assistant.writing import Checked

ANSWERS, TRUE, CHANGED, PER_KIND = 500, 2, 2, 336
SEED = 7
"""Another than that of the claims that the verifier is fitted on, so that most are others."""
FITTED = ("paraphrase_pairs", "paraphrase_pairs_own", "unsaid_pairs")
HELD_OUT = ("paraphrase_pairs_held_out", "unsaid_pairs_held_out", "unsaid_pairs_fresh")
WRONG_NUMBER, NO_NUMBER = 0.1, 0.05
PASSAGES, SENTENCES = 2, 8
"""Of the real model: what it is given, and of how many sentences it is heard; its one thread is slow."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence to be said, the words of a note that it is made from, how, and whether these say it."""

    note: str
    source: str
    text: str
    kind: str
    true: bool


def main() -> int:
    """Measure both, print and record."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--answers", type=int, default=ANSWERS, help="how many scripted answers")
    parser.add_argument("--real", type=int, default=0, help="how many answers of the real model")
    parser.add_argument("--out", type=Path, help="where the answers of the real model go, as JSON lines")
    options = parser.parse_args()
    settings = Settings.from_env(os.environ, REPO)
    encoder = open_encoder(settings.encoder, settings.data_dir)
    verifier = Verifier(encoder)
    figures: dict[str, object] = {}
    if options.answers:
        figures["scripted"] = scripted(verifier, options.answers)
    if options.real:
        assistant = Assistant(encoder, settings.data_dir)
        figures["real"] = real(verifier, assistant, settings, options.real, options.out)
    print(json.dumps(figures, indent=1, ensure_ascii=False))
    print(record("writing", figures))
    return 0


def scripted(verifier: Verifier, wanted: int) -> dict[str, object]:
    """Counts per kind of sentence of how many were shown as supported, rightly or not."""
    notes = [sources.load(path) for path in sources.find_files([REPO / "corpus"])]
    by_id = {note.id: note for note in notes}
    shown: dict[tuple[str, bool], Counter[str]] = defaultdict(Counter)
    failed: Counter[str] = Counter()
    took: list[float] = []
    wrong: list[dict[str, str]] = []
    chance = random.Random(1)
    answers = list(_answers(by_id, [*_generated(notes), *_by_hand()], chance))
    chance.shuffle(answers)
    answers = answers[:wanted]
    for given, said in answers:
        model = scripted_model(" ".join(line for _, line in said))
        began = time.perf_counter()
        last, reason = gathered(Writer(model, verifier).write("Wat staat er?", given, "nl"))
        failed.update([reason] if reason else [])
        took.append((time.perf_counter() - began) / len(said))
        model.close()
        for checked in last.checked:
            kind, true, right = _judged(checked, said)
            counts = shown[kind, true]
            counts["shown" if checked.supported else "not shown"] += 1
            counts["right"] += right and checked.supported
            counts["in an answer that stood"] += checked.supported and not reason
            if checked.supported and not right:
                wrong.append({"kind": kind, "said": checked.drafted.text, "source": _source_of(checked)})
                cited = {
                    given[number - 1].passage.id for number in checked.drafted.numbers if number <= len(given)
                }
                mended = not cited & {choice.passage.id for choice in checked.rests_on}
                wrong[-1]["how"] = "mended number" if mended else "cited passage"
    return _summary(shown, failed, took, len(answers)) | {"wrongly_shown": wrong}


def _generated(notes: Sequence[Source]) -> Iterator[Claim]:
    for each in mutations(notes, PER_KIND, SEED):
        yield Claim(each.note, each.sentence, each.claim, each.change, each.supported)


def _by_hand() -> Iterator[Claim]:
    for name in (*FITTED, *HELD_OUT):
        for each in evaluation.read_file(REPO / "tests" / "questions" / f"{name}.jsonl"):
            kind = f"{each['change']}, by hand{', fitted on' if name in FITTED else ''}"
            source = each.get("source_sentence") or each["evidence"]
            yield Claim(each["note"], plain(source), each["claim"], kind, each["supported"])


def _answers(
    notes: dict[str, Source], made: Sequence[Claim], chance: random.Random
) -> Iterator[tuple[list[Given], list[tuple[Claim, str]]]]:
    """Passages and sentences with citations; the sentences of an answer are of one note."""
    passages = {
        id_: [Given(note, each) for each in split(note, lambda texts: [len(text) // 4 for text in texts])]
        for id_, note in notes.items()
    }
    by_note: dict[tuple[str, bool], list[Claim]] = defaultdict(list)
    for each in made:
        if _place_of(each, passages[each.note]) is not None:
            by_note[each.note, each.true].append(each)
    for id_ in sorted(notes):
        true, changed = by_note[id_, True], by_note[id_, False]
        for claims in (true, changed):
            chance.shuffle(claims)
            claims.sort(key=lambda each: "by hand" in each.kind)  # taken from the end: there are fewer
        while len(true) >= TRUE and len(changed) >= CHANGED:
            said = [true.pop() for _ in range(min(len(true), TRUE + chance.randrange(2)))]
            said += [changed.pop() for _ in range(CHANGED)]
            chance.shuffle(said)
            given = [passages[id_][place] for place in {_place_of(each, passages[id_]) or 0 for each in said}]
            given += [passages[other][0] for other in chance.sample(sorted(notes), 3) if other != id_]
            chance.shuffle(given)
            yield given, [(each, _cited(each, given, chance)) for each in said]


def _place_of(each: Claim, given: Sequence[Given]) -> int | None:
    """Which passage holds what a claim is made from."""
    return next(
        (
            place
            for place, one in enumerate(given)
            if one.source.id == each.note and each.source in plain(one.text)
        ),
        None,
    )


def _cited(each: Claim, given: Sequence[Given], chance: random.Random) -> str:
    parts = [part.strip() for part in segment("nl", each.text) if part.strip()]
    number = (_place_of(each, given) or 0) + 1
    luck = chance.random()
    if NO_NUMBER <= luck < NO_NUMBER + WRONG_NUMBER:
        number = chance.randrange(len(given)) + 1
    ended = [part if part.endswith((".", "!", "?")) else f"{part.rstrip(';:,')}." for part in parts]
    return " ".join(ended if luck < NO_NUMBER else (f"{part[:-1]} [{number}]{part[-1]}" for part in ended))


def _source_of(checked: Checked) -> str:
    return " / ".join(statement_text(choice.source, choice.units) for choice in checked.rests_on)


def _judged(checked: Checked, said: Sequence[tuple[Claim, str]]) -> tuple[str, bool, bool]:
    """The kind of a sentence, whether it is true, and whether it may be shown: also if its source has it."""
    rests_on = [" ".join(words(statement_text(choice.source, choice.units))) for choice in checked.rests_on]
    key = " ".join(words(checked.drafted.text))
    literally = any(key in text for text in rests_on)
    for each, _ in said:
        if key in " ".join(words(each.text)):
            return each.kind, each.true, each.true or literally
    return "part", False, literally


def _summary(
    shown: dict[tuple[str, bool], Counter[str]], failed: Counter[str], took: Sequence[float], answers: int
) -> dict[str, object]:
    return {
        "answers": answers,
        "answers_that_gave_way_to_citaten": dict(failed),
        "true": _counted([counts for (_, true), counts in shown.items() if true]),
        "changed": _counted([counts for (_, true), counts in shown.items() if not true]),
        "ms_per_sentence_p50": round(float(np.percentile(took, 50)) * 1e3, 1),
        "ms_per_sentence_p95": round(float(np.percentile(took, 95)) * 1e3, 1),
        "true_kinds": {kind: _counted([counts]) for (kind, true), counts in sorted(shown.items()) if true},
        "changed_kinds": {
            kind: _counted([counts]) for (kind, true), counts in sorted(shown.items()) if not true
        },
    }


def _counted(counts: Sequence[Counter[str]]) -> dict[str, int]:
    """Sums; a changed sentence is rightly shown where its source has it literally."""
    total = sum(counts, Counter[str]())
    return {
        "sentences": total["shown"] + total["not shown"],
        "shown_as_supported": total["shown"],
        "of_which_right": total["right"],
        "in_answers_that_stood": total["in an answer that stood"],
    }


def real(
    verifier: Verifier, assistant: Assistant, settings: Settings, wanted: int, out: Path | None
) -> dict[str, object]:
    """What the small model writes to questions that the material answers, and what is shown of it."""
    index = open_live(settings.data_dir, open_encoder(settings.encoder, settings.data_dir).identity)
    questions = evaluation.read_file(REPO / "tests" / "questions" / "dev.jsonl")
    counts: Counter[str] = Counter()
    lines: list[dict[str, object]] = []
    with served() as address:
        model = open_model("openai:smollm2", base_url=address, context_tokens=CONTEXT_TOKENS, temperature=0.7)
        recording = Recording(model)
        writer = Writer(recording, verifier, Limits(timeout_s=120, sentences=SENTENCES))
        for each in questions:
            if counts["answers"] >= wanted:
                break
            answer = assistant.ask(each["question"])
            hits = assistant.evidence(each["question"]).hits
            given = passages_for(answer, hits, index.sources)[:PASSAGES]
            if answer.abstained or not given:
                continue
            lines.append(_asked(writer, recording, answer, given, counts))
            print(f"{counts['answers']}/{wanted} {dict(counts)}", flush=True)
            if out:
                out.write_text(
                    "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8"
                )
        model.close()
    return dict(counts)


class Recording:
    """A model that keeps what it said."""

    def __init__(self, model: Model) -> None:
        """Take the model."""
        self._model = model
        self.context_tokens = model.context_tokens
        self.count_tokens = model.count_tokens
        self.said = ""

    def stream(self, *given: Any, **options: Any) -> Generator[str]:  # noqa: ANN401
        """As the model streams."""
        self.said = ""
        with closing(self._model.stream(*given, **options)) as stream:
            for piece in stream:
                self.said += piece
                yield piece


def _asked(
    writer: Writer, model: Recording, answer: Answer, given: Sequence[Given], counts: Counter[str]
) -> dict[str, object]:
    began = time.perf_counter()
    last, reason = gathered(writer.write(answer.question, given, answer.language))
    counts["answers"] += 1
    counts[reason or "stood"] += 1
    counts["sentences"] += len(last.checked)
    shown = [each for each in last.checked if each.supported]
    counts["supported sentences"] += len(shown)
    return {
        "question": answer.question,
        "raw": model.said,
        "reason": reason,
        "seconds": round(time.perf_counter() - began, 1),
        "supported": [{"said": each.drafted.text, "source": _source_of(each)} for each in shown],
        "not": [
            (each.drafted.text, each.drafted.numbers, [reason.text for reason in each.reasons])
            for each in last.checked
            if not each.supported
        ],
    }


if __name__ == "__main__":
    sys.exit(main())
