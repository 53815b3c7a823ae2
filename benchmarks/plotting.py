"""Two plots as SVG, by hand: a drawing library would be a dependency for one picture each."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_COLOURS = ("#0b5d8a", "#b5541c", "#5b7f2a", "#7a5195", "#555555")
_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 720, 380, 60, 60, 50


def bars(title: str, groups: Mapping[str, Mapping[str, float]]) -> str:
    """Groups of bars from 0 to 1, one bar per series, each with its figure above it."""
    names = list(next(iter(groups.values())))
    parts = _frame(title, names)
    room = (_WIDTH - _LEFT - 20) / len(groups)
    width = room / (len(names) + 1)
    for place, (group, values) in enumerate(groups.items()):
        start = _LEFT + place * room + width / 2
        parts.append(_label(start + width * len(names) / 2, _HEIGHT - _BOTTOM + 20, group))
        for bar, name in enumerate(names):
            height = values[name] * (_HEIGHT - _TOP - _BOTTOM)
            x, y = start + bar * width, _HEIGHT - _BOTTOM - height
            colour = _COLOURS[bar % len(_COLOURS)]
            parts.append(_box(x, y, width * 0.9, height, colour))
            parts.append(_label(x + width * 0.45, y - 4, f"{values[name]:.3f}"))
    return "\n".join([*parts, "</svg>\n"])


def growth(title: str, sizes: Sequence[int], series: Mapping[str, Sequence[float]]) -> str:
    """Lines over sizes, both axes logarithmic; every value above 0, each with its figure beside it."""
    parts = _frame(title, list(series))
    values = np.log10([value for each in series.values() for value in each])
    low, high = float(np.floor(values.min())), float(np.ceil(values.max()))
    first, last = np.log10(sizes[0]), np.log10(sizes[-1])
    scale_x = (_WIDTH - _LEFT - 90) / max(last - first, 1e-9)
    scale_y = (_HEIGHT - _TOP - _BOTTOM) / max(high - low, 1e-9)
    for size in sizes:
        x = _LEFT + 30 + (np.log10(size) - first) * scale_x
        parts.append(_label(x, _HEIGHT - _BOTTOM + 20, f"{size:,}"))
    for place, each in enumerate(series.values()):
        colour = _COLOURS[place % len(_COLOURS)]
        points = [
            (
                _LEFT + 30 + (np.log10(size) - first) * scale_x,
                _HEIGHT - _BOTTOM - (np.log10(value) - low) * scale_y,
            )
            for size, value in zip(sizes, each, strict=True)
        ]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [_label(x, y - 6, f"{value:,.4g}") for (x, y), value in zip(points, each, strict=True)]
    return "\n".join([*parts, "</svg>\n"])


def _frame(title: str, names: Sequence[str]) -> list[str]:
    bottom = _HEIGHT - _BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}"',
        ' font-family="sans-serif" font-size="11">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
        f'<text x="{_LEFT}" y="20" font-size="15">{escape(title)}</text>',
        f'<path d="M{_LEFT} {_TOP}V{bottom}H{_WIDTH - 20}" fill="none" stroke="#555"/>',
    ]
    for place, name in enumerate(names):
        x = _LEFT + place * 160
        parts.append(_box(x, 30, 10, 10, _COLOURS[place % len(_COLOURS)]))
        parts.append(f'<text x="{x + 14}" y="39">{escape(name)}</text>')
    return parts


def _label(x: float, y: float, text: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle">{escape(text)}</text>'


def _box(x: float, y: float, width: float, height: float, colour: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}"/>'
