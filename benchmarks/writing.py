"""What is shown as supported when a model writes: 500 scripted answers, and those of a real, small model.

The scripted answers mix sentences of the notes, rewordings of them and changed ones that are no longer true
(of `tests/mutations.py`), each with a citation; some cite the wrong passage, some nothing. The real model is
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
from assistant.passages import split, statement_text, statements
from assistant.pipeline import Assistant
from assistant.prompting import Given
from assistant.settings import Settings
from assistant.verifying import Verifier
from assistant.writing import Limits, Writer, passages_for
from benchmarks.recording import REPO, record
from tests.fakes_writing import gathered
from tests.fakes_writing import scripted as scripted_model
from tests.mutations import SUPPORTED, mutations
from tests.small_model import CONTEXT_TOKENS, served

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from assistant.datatypes import Answer, Passage, Source
    from assistant.writing import Checked
    from tests.mutations import Mutation

ANSWERS, TRUE, CHANGED, PER_KIND = 500, 2, 2, 336
WRONG_NUMBER, NO_NUMBER = 0.1, 0.05
PASSAGES, SENTENCES = 2, 8
"""Of the real model: what it is given, and of how many sentences it is heard; its one thread is slow."""


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
    shown: dict[str, Counter[str]] = defaultdict(Counter)
    failed: Counter[str] = Counter()
    took: list[float] = []
    wrong: list[dict[str, str]] = []
    chance = random.Random(1)
    answers = list(_answers(by_id, mutations(notes, PER_KIND), chance))[:wanted]
    for given, said in answers:
        model = scripted_model(" ".join(line for _, line in said))
        began = time.perf_counter()
        last, reason = gathered(Writer(model, verifier).write("Wat staat er?", given, "nl"))
        failed.update([reason] if reason else [])
        took.append((time.perf_counter() - began) / len(said))
        model.close()
        for checked in last.checked:
            kind, right = _judged(checked, said)
            shown[kind]["shown" if checked.supported else "not shown"] += 1
            shown[kind]["right"] += right and checked.supported
            shown[kind]["in an answer that stood"] += checked.supported and not reason
            if checked.supported and not right:
                wrong.append({"kind": kind, "said": checked.drafted.text, "source": _source_of(checked)})
                cited = {
                    given[number - 1].passage.id for number in checked.drafted.numbers if number <= len(given)
                }
                mended = not cited & {choice.passage.id for choice in checked.rests_on}
                wrong[-1]["how"] = "mended number" if mended else "cited passage"
    return _summary(shown, failed, took, len(answers)) | {"wrongly_shown": wrong}


def _answers(
    notes: dict[str, Source], made: Sequence[Mutation], chance: random.Random
) -> Iterator[tuple[list[Given], list[tuple[Mutation, str]]]]:
    """Passages and sentences with citations; the sentences of an answer are of one note."""
    by_note: dict[tuple[str, bool], list[Mutation]] = defaultdict(list)
    for each in made:
        by_note[each.note, each.supported].append(each)
    passages = {
        id_: split(note, lambda texts: [len(text) // 4 for text in texts]) for id_, note in notes.items()
    }
    for id_ in sorted(notes):
        true, changed = by_note[id_, True], by_note[id_, False]
        chance.shuffle(true)
        chance.shuffle(changed)
        while len(true) >= TRUE and len(changed) >= CHANGED:
            said = [true.pop() for _ in range(min(len(true), TRUE + chance.randrange(2)))]
            said += [changed.pop() for _ in range(CHANGED)]
            chance.shuffle(said)
            needed = dict.fromkeys(_passage_of(notes[id_], passages[id_], each.sentence) for each in said)
            given = [Given(notes[id_], passage) for passage in needed if passage]
            others = chance.sample(sorted(notes), 3)
            given += [Given(notes[other], passages[other][0]) for other in others if other != id_]
            chance.shuffle(given)
            yield given, [(each, _cited(each, given, chance)) for each in said]


def _passage_of(note: Source, passages: Sequence[Passage], sentence: str) -> Passage | None:
    return next(
        (
            passage
            for passage in passages
            if any(statement_text(note, units) == sentence for units in statements(passage))
        ),
        None,
    )


def _cited(each: Mutation, given: Sequence[Given], chance: random.Random) -> str:
    parts = [part.strip() for part in segment("nl", each.claim) if part.strip()]
    place = next(
        (
            number
            for number, one in enumerate(given, start=1)
            if one.source.id == each.note
            and any(statement_text(one.source, units) == each.sentence for units in statements(one.passage))
        ),
        1,
    )
    luck = chance.random()
    if NO_NUMBER <= luck < NO_NUMBER + WRONG_NUMBER:
        place = chance.randrange(len(given)) + 1
    ended = [part if part.endswith((".", "!", "?")) else f"{part.rstrip(';:,')}." for part in parts]
    return " ".join(ended if luck < NO_NUMBER else (f"{part[:-1]} [{place}]{part[-1]}" for part in ended))


def _source_of(checked: Checked) -> str:
    return " / ".join(statement_text(choice.source, choice.units) for choice in checked.rests_on)


def _judged(checked: Checked, said: Sequence[tuple[Mutation, str]]) -> tuple[str, bool]:
    """The kind of a sentence, and whether it may be shown: it is true, or stands so in what it rests on."""
    rests_on = [" ".join(words(statement_text(choice.source, choice.units))) for choice in checked.rests_on]
    key = " ".join(words(checked.drafted.text))
    literally = any(key in text for text in rests_on)
    for each, _ in said:
        if key in " ".join(words(each.claim)):
            return each.change, each.change in SUPPORTED or literally
    return "part", literally


def _summary(
    shown: dict[str, Counter[str]], failed: Counter[str], took: Sequence[float], answers: int
) -> dict[str, object]:
    table = {
        kind: {
            "sentences": counts["shown"] + counts["not shown"],
            "shown_as_supported": counts["shown"],
            "of_which_right": counts["right"],
            "in_answers_that_stood": counts["in an answer that stood"],
        }
        for kind, counts in sorted(shown.items())
    }
    true = [counts for kind, counts in table.items() if kind in SUPPORTED]
    false = [counts for kind, counts in table.items() if kind not in SUPPORTED]
    return {
        "answers": answers,
        "answers_that_gave_way_to_citaten": dict(failed),
        "true_sentences": sum(each["sentences"] for each in true),
        "true_shown": sum(each["shown_as_supported"] for each in true),
        "changed_sentences": sum(each["sentences"] for each in false),
        "changed_shown": sum(each["shown_as_supported"] for each in false),
        "changed_shown_but_literally_in_its_source": sum(each["of_which_right"] for each in false),
        "ms_per_sentence_p50": round(float(np.percentile(took, 50)) * 1e3, 1),
        "ms_per_sentence_p95": round(float(np.percentile(took, 95)) * 1e3, 1),
        "kinds": table,
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
