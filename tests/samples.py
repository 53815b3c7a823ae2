"""Small practice notes that obey the schema, for tests that need files on disk or records in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.sources import load

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.datatypes import Source

_FRONT = """---
id: {id}
title: "Over {id}"
publisher: "Proefuitgever"
authors: []
date: "2023-05"
url: "https://voorbeeld.invalid/{id}"
kind: praktijkvoorbeeld
places: ["Tilburg"]
themes: [energiearmoede]
workstream: 1
audience: [gemeente]
language: nl
questions: [{questions}]
also_asked: [{also_asked}]
---
"""
WORDS = (
    "tocht",
    "ketel",
    "buurt",
    "lening",
    "isolatie",
    "bewoner",
    "radiator",
    "gemeente",
    "subsidie",
    "kozijn",
)


def body_of(name: str, extra: str = "") -> str:
    """The body of a note with two sections, which speaks mostly of `name`."""
    lines = "\n".join(f"- Punt {word} gaat in {name} over {word} en geld." for word in WORDS[:4])
    return (
        f"# Het project {name}\n\n## Aanpak\nIn {name} komt een adviseur langs. Dat helpt:\n{lines}\n\n"
        f"## Resultaat\nNa een jaar deed {name} mee met veel woningen. {extra}\n"
    )


def write_note(
    folder: Path,
    name: str,
    body: str | None = None,
    questions: tuple[str, ...] | None = None,
    also_asked: tuple[str, ...] = (),
) -> Path:
    """Write the note `name` into `folder`, which is made where missing; its path."""
    asked = (f"Hoe gaat het in {name}?", f"Wie doet er mee in {name}?") if questions is None else questions
    front = _FRONT.format(
        id=name,
        questions=", ".join(f'"{question}"' for question in asked),
        also_asked=", ".join(f'"{question}"' for question in also_asked),
    )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.md"
    path.write_text(front + (body_of(name) if body is None else body), encoding="utf-8")
    return path


def write_notes(folder: Path, count: int = 4) -> list[Path]:
    """Write the notes `wijk-01`, `wijk-02`, … into `folder`."""
    return [write_note(folder, f"wijk-{number:02d}") for number in range(1, count + 1)]


def make_source(folder: Path, name: str, body: str, questions: tuple[str, ...] = ()) -> Source:
    """A source as it is read from a file of that name."""
    return load(write_note(folder, name, body, questions))
