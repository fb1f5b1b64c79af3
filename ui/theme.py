"""The theme: Gradio's own parts in the colours and letters of a quiet atlas; assets/style.css does the rest."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import gradio as gr

SANS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "DejaVu Sans", "sans-serif")
MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "DejaVu Sans Mono", "monospace")


def build_theme() -> "gr.themes.Base":
    """The theme; its colours are the variables that the style sheet sets for day and night."""
    import gradio as gr

    one = {
        "body_background_fill": "var(--gl-paper)",
        "body_text_color": "var(--gl-ink)",
        "body_text_color_subdued": "var(--gl-quiet)",
        "background_fill_primary": "var(--gl-paper)",
        "background_fill_secondary": "var(--gl-paper)",
        "border_color_primary": "var(--gl-line)",
        "border_color_accent": "var(--gl-accent)",
        "color_accent_soft": "var(--gl-tint)",
        "block_background_fill": "transparent",
        "block_border_color": "transparent",
        "block_label_background_fill": "transparent",
        "block_label_text_color": "var(--gl-quiet)",
        "block_title_text_color": "var(--gl-quiet)",
        "block_info_text_color": "var(--gl-quiet)",
        "input_background_fill": "var(--gl-field)",
        "input_background_fill_focus": "var(--gl-field)",
        "input_border_color": "var(--gl-line)",
        "input_border_color_focus": "var(--gl-accent)",
        "input_placeholder_color": "var(--gl-quiet)",
        "input_shadow": "none",
        "input_shadow_focus": "none",
        "slider_color": "var(--gl-accent)",
        "checkbox_background_color": "var(--gl-field)",
        "checkbox_background_color_selected": "var(--gl-accent)",
        "checkbox_border_color": "var(--gl-line-strong)",
        "checkbox_border_color_selected": "var(--gl-accent)",
        "checkbox_border_color_focus": "var(--gl-accent)",
        "checkbox_label_background_fill": "transparent",
        "checkbox_label_background_fill_hover": "transparent",
        "checkbox_label_background_fill_selected": "transparent",
        "checkbox_label_border_color": "transparent",
        "checkbox_label_text_color": "var(--gl-ink)",
        "checkbox_label_text_color_selected": "var(--gl-ink)",
        "button_primary_background_fill": "var(--gl-accent)",
        "button_primary_background_fill_hover": "var(--gl-accent-deep)",
        "button_primary_border_color": "transparent",
        "button_primary_text_color": "var(--gl-on-accent)",
        "button_primary_text_color_hover": "var(--gl-on-accent)",
        "button_secondary_background_fill": "transparent",
        "button_secondary_background_fill_hover": "var(--gl-tint)",
        "button_secondary_border_color": "var(--gl-line-strong)",
        "button_secondary_text_color": "var(--gl-ink)",
        "button_secondary_text_color_hover": "var(--gl-ink)",
        "error_text_color": "var(--gl-accent)",
        "link_text_color": "var(--gl-accent)",
    }
    both = {name + night: value for name, value in one.items() for night in ("", "_dark")}
    shape = {
        "block_border_width": "0px",
        "block_padding": "0px",
        "block_shadow": "none",
        "block_label_border_width": "0px",
        "block_title_text_size": "13px",
        "block_title_text_weight": "400",
        "block_radius": "0px",
        "container_radius": "0px",
        "layout_gap": "14px",
        "form_gap_width": "0px",
        "input_radius": "2px",
        "input_padding": "9px 11px",
        "input_text_size": "15px",
        "input_border_width": "1px",
        "button_large_radius": "2px",
        "button_small_radius": "2px",
        "button_medium_radius": "2px",
        "button_large_text_weight": "500",
        "button_small_text_weight": "400",
        "button_transform_active": "none",
        "button_primary_shadow": "none",
        "button_secondary_shadow": "none",
        "checkbox_label_padding": "0px",
        "checkbox_label_gap": "8px",
        "checkbox_label_shadow": "none",
        "checkbox_border_radius": "2px",
        "checkbox_shadow": "none",
        "slider_color_dark": "var(--gl-accent)",
        "shadow_drop": "none",
        "shadow_drop_lg": "0 4px 18px var(--gl-shadow)",
    }
    theme = gr.themes.Base(font=SANS, font_mono=MONO, radius_size=gr.themes.sizes.radius_none)
    return theme.set(**both, **{name: value for name, value in shape.items() if name not in both})
