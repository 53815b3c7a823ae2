"""Makes `import gradio` quick.

At every import Gradio 6 writes a stub file (`.pyi`, an aid to editors) for each of its 80 components: it
parses each component's source twice and renders a template. That is half of its import time and of no use at
run time. This module replaces that one function by nothing while Gradio is being imported; where Gradio no
longer has it, nothing happens.
"""

from __future__ import annotations

import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

_MODULE = "gradio.component_meta"
_FUNCTION = "create_or_modify_pyi"


class _WithoutStubs(MetaPathFinder):
    """Finds one module as usual, and has it loaded by `_Quick`."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != _MODULE:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _Quick(spec.loader)
        return spec


class _Quick(Loader):
    """Loads a module by its own loader and silences its writing of stubs."""

    def __init__(self, loader: Loader) -> None:
        self.loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self.loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self.loader.exec_module(module)
        setattr(module, _FUNCTION, lambda *_: None)


def install() -> None:
    """Take effect for the first `import gradio` after this; harmless when it comes later or twice."""
    if not any(isinstance(finder, _WithoutStubs) for finder in sys.meta_path):
        sys.meta_path.insert(0, _WithoutStubs())
