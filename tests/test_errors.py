"""The tree of exceptions is the one that its docstring draws."""

from __future__ import annotations

import inspect
import re

import pytest

from assistant import errors
from assistant.errors import AssistantError, SourceError

LINE = re.compile(r"(?P<branch>[ │├└─]*)(?P<name>\w+)  +(?P<meaning>\S.*)")


def drawn() -> dict[str, str]:
    """Exception → its base, as the lines of the docstring show them by their indent."""
    found: dict[str, str] = {}
    above: list[tuple[int, str]] = []
    for line in (inspect.getdoc(errors) or "").splitlines():
        match = LINE.fullmatch(line)
        if match:
            indent = len(match["branch"])
            above = [(depth, name) for depth, name in above if depth < indent]
            found[match["name"]] = above[-1][1] if above else "Exception"
            above.append((indent, match["name"]))
    return found


def classes() -> list[type[object]]:
    members = [member for _, member in inspect.getmembers(errors, inspect.isclass)]
    assert all(issubclass(member, AssistantError) for member in members)
    return members


def test_the_tree_in_the_docstring_is_the_real_one() -> None:
    assert {error.__name__: error.__base__.__name__ for error in classes() if error.__base__} == drawn()


@pytest.mark.parametrize("error", classes(), ids=lambda error: error.__name__)
def test_every_exception_says_what_it_means(error: type[object]) -> None:
    assert error.__dict__["__doc__"].strip().endswith(".")


def test_a_source_error_keeps_every_fault_and_tells_the_first() -> None:
    assert str(SourceError(("a.md:1: id: missing",))) == "a.md:1: id: missing"
    error = SourceError(("a.md:1: id: missing", "a.md:2: kind: missing", "a.md:3: body: empty"))
    assert str(error) == "a.md:1: id: missing (and 2 more)"
    assert len(error.faults) == 3
