"""The tree of exceptions is the one that its docstring draws."""

from __future__ import annotations

import re

import pytest

from assistant import errors
from assistant.errors import AssistantError, SourceError


def drawn_tree() -> dict[str, str]:
    """Exception → the one above it, as the docstring of the module draws it."""
    parents: dict[str, str] = {}
    path: list[tuple[int, str]] = []
    for line in (errors.__doc__ or "").splitlines():
        match = re.match(r"(    [│├└─ ]*)(\w+Error_?)\b", line)
        if match:
            depth = len(match[1])
            path = [(above, name) for above, name in path if above < depth]
            if path:
                parents[match[2]] = path[-1][1]
            path.append((depth, match[2]))
    return parents


def real_tree() -> dict[str, str]:
    classes = [value for value in vars(errors).values() if isinstance(value, type)]
    return {cls.__name__: cls.__bases__[0].__name__ for cls in classes if cls is not AssistantError}


def test_docstring_draws_the_tree_as_it_is() -> None:
    assert drawn_tree() == real_tree()
    assert len(real_tree()) >= 6


@pytest.mark.parametrize(
    ("faults", "message"),
    [(("a.md:1: id: missing",), "a.md:1: id: missing"), (("first", "second", "third"), "first (and 2 more)")],
)
def test_source_error_tells_the_first_fault_and_counts_the_others(
    faults: tuple[str, ...], message: str
) -> None:
    error = SourceError(faults)
    assert str(error) == message
    assert error.faults == faults
