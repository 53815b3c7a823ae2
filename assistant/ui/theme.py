"""The look of Gradio's own parts: a restrained blue-green on warm grey, system letters."""

from __future__ import annotations

import gradio as gr

_FONT = ("system-ui", "-apple-system", "Segoe UI", "sans-serif")
_MONO = ("ui-monospace", "monospace")
_TEAL = gr.themes.Color(
    "#eef7f6",
    "#d5ebe8",
    "#aad6d1",
    "#78bab4",
    "#479a94",
    "#237a75",
    "#14625e",
    "#114f4c",
    "#113f3d",
    "#0f3332",
    "#071f1f",
)
_SLATE = gr.themes.Color(
    "#f8f8f6",
    "#f0f0ed",
    "#e2e3df",
    "#cdcfca",
    "#979c99",
    "#646b69",
    "#4c5352",
    "#3a4140",
    "#262c2c",
    "#1a1f1f",
    "#111515",
)


def theme() -> gr.themes.Base:
    """The theme of the app; own parts take their colours from the same custom properties (static/app.css)."""
    return gr.themes.Base(
        primary_hue=_TEAL,
        secondary_hue=_TEAL,
        neutral_hue=_SLATE,
        font=_FONT,
        font_mono=_MONO,
        radius_size="md",
    ).set(
        body_background_fill="*neutral_50",
        body_background_fill_dark="*neutral_950",
        body_text_color="*neutral_900",
        body_text_color_dark="*neutral_100",
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_300",
        block_background_fill="white",
        block_background_fill_dark="*neutral_900",
        block_label_text_color="*neutral_800",
        block_label_text_color_dark="*neutral_100",
        block_title_text_color="*neutral_800",
        block_title_text_color_dark="*neutral_100",
        block_info_text_color="*neutral_600",
        block_info_text_color_dark="*neutral_300",
        input_background_fill="white",
        input_background_fill_dark="*neutral_900",
        input_border_color="*neutral_500",
        input_border_color_dark="*neutral_400",
        input_border_color_focus="*primary_600",
        input_border_color_focus_dark="*primary_300",
        input_placeholder_color="*neutral_600",
        input_placeholder_color_dark="*neutral_300",
        button_primary_background_fill="*primary_600",
        button_primary_background_fill_hover="*primary_700",
        button_primary_background_fill_dark="*primary_600",
        button_primary_background_fill_hover_dark="*primary_500",
        button_primary_text_color="white",
        button_primary_text_color_dark="white",
        button_secondary_background_fill="transparent",
        button_secondary_background_fill_dark="transparent",
        button_secondary_text_color="*neutral_800",
        button_secondary_text_color_dark="*neutral_100",
    )
