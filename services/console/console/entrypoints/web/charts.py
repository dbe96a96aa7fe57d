"""Charts as SVG images without scripts; the page has the same numbers in a table."""

import base64
import sys
from collections.abc import Mapping, Sequence

import pygal
from pygal import PluginImportFixer
from pygal.style import Style

# It searches for plug-ins in a way that makes Python warn at every failed import.
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder) is not PluginImportFixer]

# White even in dark mode, so that one image serves both.
_STYLE = Style(
    background="#ffffff",
    plot_background="#ffffff",
    font_family="system-ui, sans-serif",
    colors=("#5b6b7b", "#2f6fb1", "#0f7d78", "#b3661a", "#2c7a3f"),
    label_font_size=14,
    major_label_font_size=14,
    legend_font_size=14,
)


def bar_chart(labels: Sequence[str], series: Mapping[str, Sequence[float | None]]) -> str:
    """The address of an image with a group of bars for each label, for an ``img``."""
    chart = pygal.Bar(
        style=_STYLE,
        js=[],
        width=960,
        height=360,
        explicit_size=True,
        legend_at_bottom=True,
        x_label_rotation=30,
        no_data_text="",
    )
    chart.x_labels = labels
    for name, values in series.items():
        chart.add(name, values)
    return "data:image/svg+xml;base64," + base64.b64encode(chart.render()).decode()
