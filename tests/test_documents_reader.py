"""The process that reads documents: replaced when it dies, held to its limits, and never left behind."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from assistant.documents import Limits, Reader, extract
from assistant.errors import RefusedError
from tests.documents.making import LOREM, docx, word

LIMITS = Limits(seconds=30.0, memory_bytes=700_000_000)
QUICK = Limits(seconds=1.0, memory_bytes=700_000_000)
ROOT = Path(__file__).parents[1]


class Misbehaving(Reader):
    worker = "tests.documents.misbehaving"


@pytest.fixture(autouse=True)
def _project_on_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker takes over the path on which this process finds modules."""
    monkeypatch.syspath_prepend(str(ROOT))


def code_of(reader: Reader, path: str | Path) -> str:
    with pytest.raises(RefusedError) as error:
        reader.read(Path(path))
    return error.value.code


def pid_of(reader: Reader) -> int:
    return int(reader.read(Path("pid")).text.split()[1])


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_reader_gives_what_extract_gives(tmp_path: Path) -> None:
    path = tmp_path / "één nota.docx"
    path.write_bytes(docx(word("Kop", "Kop1") + word(LOREM)))
    with Reader() as reader:
        assert reader.read(path) == extract(path)


def test_a_refusal_comes_through_with_its_detail(tmp_path: Path) -> None:
    path = tmp_path / "leeg.pdf"
    path.touch()
    other = tmp_path / "x.exe"
    other.write_bytes(b"MZ")
    with Reader() as reader:
        assert code_of(reader, path) == "empty"
        with pytest.raises(RefusedError) as error:
            reader.read(other)

    assert (error.value.code, error.value.detail) == ("unknown_format", ".exe")


def test_one_process_reads_all_files_and_ends_with_the_reader() -> None:
    with Misbehaving(LIMITS) as reader:
        first = pid_of(reader)
        assert pid_of(reader) == first
        assert is_alive(first)

    assert not is_alive(first)


@pytest.mark.parametrize(
    ("file", "code"), [("crash", "crashed"), ("hang", "timeout"), ("spin", "timeout"), ("fill", "memory")]
)
def test_what_a_file_does_to_its_reader_costs_that_file_only(file: str, code: str) -> None:
    with Misbehaving(QUICK if code == "timeout" else LIMITS) as reader:
        before = pid_of(reader)
        assert code_of(reader, file) == code
        after = pid_of(reader)

    assert (after == before) == (code == "memory")
    assert not is_alive(before)


def test_a_process_that_was_killed_meanwhile_is_replaced() -> None:
    with Misbehaving(LIMITS) as reader:
        first = pid_of(reader)
        os.kill(first, signal.SIGKILL)
        while is_alive(first):
            time.sleep(0.01)
            if reader._process is not None:
                reader._process.poll()
        assert pid_of(reader) != first


def test_a_process_that_once_took_much_memory_is_replaced() -> None:
    with Misbehaving(LIMITS) as reader:
        first = pid_of(reader)
        reader.read(Path("swell"))
        assert pid_of(reader) != first


def test_what_parsers_print_goes_nowhere(capfd: pytest.CaptureFixture[str]) -> None:
    with Misbehaving(LIMITS) as reader:
        assert reader.read(Path("noise")).text.startswith("noise ")
        assert reader.read(Path("noise")).text.startswith("noise ")

    assert capfd.readouterr() == ("", "")


def test_the_process_loads_no_model_no_index_no_screen() -> None:
    with Misbehaving(LIMITS) as reader:
        modules = set(reader.read(Path("modules")).text.split("\n"))

    assert "assistant.documents.loading" in modules
    assert not modules & {
        "torch",
        "chromadb",
        "gradio",
        "numpy",
        "transformers",
        "langchain_core",
        "trafilatura",
    }


def test_an_interrupt_ends_the_process_and_the_next_file_is_not_given_the_old_answer() -> None:
    with Misbehaving(LIMITS) as reader:
        first = pid_of(reader)
        main = threading.main_thread().ident
        assert main is not None
        # As in a program that starts: other tests here may have left another handler (asyncio has its own).
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        threading.Timer(0.3, signal.pthread_kill, (main, signal.SIGINT)).start()
        try:
            with pytest.raises(KeyboardInterrupt):
                reader.read(Path("hang"))
        finally:
            signal.signal(signal.SIGINT, before)
        assert not is_alive(first)
        assert reader.read(Path("volgende")).text.startswith("volgende ")
