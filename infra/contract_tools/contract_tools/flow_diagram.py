"""Draw who sends what to whom, as SVG, from the contracts alone."""

from dataclasses import dataclass
from xml.sax.saxutils import escape

from contract_tools.model import Contracts

_ROW = 84
_BOX_HEIGHT = 48
_SERVICE_WIDTH = 150
_TOPIC_WIDTH = 230
_GAP = 130
_TOP = 40
_TITLES = ("sends", "topic", "reads")


@dataclass(frozen=True, kw_only=True)
class _Box:
    """One box: its text in up to two lines, its place and width, and what kind of thing it stands for."""

    lines: tuple[str, ...]
    x: int
    y: int
    width: int
    kind: str

    @property
    def left(self) -> tuple[int, int]:
        return self.x, self.y + _BOX_HEIGHT // 2

    @property
    def right(self) -> tuple[int, int]:
        return self.x + self.width, self.y + _BOX_HEIGHT // 2


def flow_diagram(contracts: Contracts) -> str:
    """An ``<svg>`` element with a title and a description for those who do not see it.

    Colours come from the page: classes ``service``, ``topic`` and ``arrow``.
    """
    topics = list(contracts.topics.values())
    owners = _beside_their_topics([(topic.owner,) for topic in topics])
    readers = _beside_their_topics([tuple(topic.consumers) for topic in topics])
    rows = max(len(topics), len(owners), len(readers), 1)
    topic_x, reader_x = _SERVICE_WIDTH + _GAP, _SERVICE_WIDTH + _TOPIC_WIDTH + 2 * _GAP
    left = _column([(name,) for name in owners], rows, 0, _SERVICE_WIDTH, "service")
    middle = _column(
        [(topic.name, f"{len(topic.events)} events") for topic in topics],
        rows,
        topic_x,
        _TOPIC_WIDTH,
        "topic",
    )
    right = _column([(name,) for name in readers], rows, reader_x, _SERVICE_WIDTH, "service")
    arrows = [_arrow(left[topic.owner].right, middle[topic.name].left) for topic in topics]
    arrows += [
        _arrow(middle[topic.name].right, right[name].left) for topic in topics for name in topic.consumers
    ]
    headings = zip(
        _TITLES, (0, topic_x, reader_x), (_SERVICE_WIDTH, _TOPIC_WIDTH, _SERVICE_WIDTH), strict=True
    )
    parts = [_text(text, x + width // 2, 20, is_small=True) for text, x, width in headings]
    parts += arrows
    parts += [_drawn(box) for column in (left, middle, right) for box in column.values()]
    return _svg(parts, reader_x + _SERVICE_WIDTH, _TOP + rows * _ROW, _description(contracts))


def _beside_their_topics(services_by_topic: list[tuple[str, ...]]) -> list[str]:
    """Services by the middle of the rows of their topics, so that arrows cross little."""
    rows: dict[str, list[int]] = {}
    for row, services in enumerate(services_by_topic):
        for service in services:
            rows.setdefault(service, []).append(row)
    return sorted(rows, key=lambda service: (sum(rows[service]) / len(rows[service]), service))


def _column(texts: list[tuple[str, ...]], rows: int, x: int, width: int, kind: str) -> dict[str, _Box]:
    """Boxes one below the other, spread over the height of the diagram, by their first line."""
    step = rows * _ROW / max(len(texts), 1)
    boxes = {}
    for index, lines in enumerate(texts):
        y = round(_TOP + step * index + (step - _BOX_HEIGHT) / 2)
        boxes[lines[0]] = _Box(lines=lines, x=x, y=y, width=width, kind=kind)
    return boxes


def _drawn(box: _Box) -> str:
    middle = box.x + box.width // 2
    first = box.y + (30 if len(box.lines) == 1 else 21)
    texts = [
        _text(line, middle, first + 18 * index, is_small=index > 0) for index, line in enumerate(box.lines)
    ]
    frame = f'<rect x="{box.x + 1}" y="{box.y}" width="{box.width - 2}" height="{_BOX_HEIGHT}" rx="8"/>'
    return f'<g class="{box.kind}">{frame}{"".join(texts)}</g>'


def _text(text: str, middle: int, y: int, *, is_small: bool) -> str:
    style = ' class="small"' if is_small else ""
    return f'<text x="{middle}" y="{y}" text-anchor="middle"{style}>{escape(text)}</text>'


def _arrow(start: tuple[int, int], end: tuple[int, int]) -> str:
    (x1, y1), (x2, y2) = start, end
    bend = (x1 + x2) // 2
    way = f"M{x1} {y1} C{bend} {y1} {bend} {y2} {x2 - 8} {y2}"
    return f'<path class="arrow" d="{way}" marker-end="url(#arrowhead)"/>'


def _description(contracts: Contracts) -> str:
    sentences = []
    for topic in contracts.topics.values():
        readers = " and ".join(topic.consumers) or "nobody yet"
        sentences.append(f"{topic.owner} sends {topic.name}, which is read by {readers}.")
    return " ".join(sentences)


def _svg(parts: list[str], width: int, height: int, description: str) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"'
        ' aria-labelledby="flow-title flow-description">'
        '<title id="flow-title">Who sends what to whom</title>'
        f'<desc id="flow-description">{escape(description)}</desc>'
        '<defs><marker id="arrowhead" viewBox="0 0 8 8" refX="0" refY="4" markerWidth="8" markerHeight="8"'
        ' markerUnits="userSpaceOnUse" orient="auto"><path class="arrowhead" d="M0 0 L8 4 L0 8 z"/></marker>'
        "</defs>"
    )
    return head + "".join(parts) + "</svg>"
