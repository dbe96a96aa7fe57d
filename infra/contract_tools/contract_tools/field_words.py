"""Say in a few words what a field may hold."""

from contract_tools.model import Schema

_FORMATS = {
    "uuid": "UUID",
    "date-time": "time, RFC 3339",
    "uri": "address (URI)",
    "idn-email": "email address",
}
_MOST_CHOICES_SHOWN = 40


def in_words(node: Schema) -> str:
    """For example ``text, 1 to 200 characters`` or ``one of de, en; more may come``."""
    kinds = node["type"] if isinstance(node["type"], list) else [node["type"]]
    words = _kind_in_words(next(kind for kind in kinds if kind != "null"), node)
    return f"{words}, or null" if "null" in kinds else words


def _kind_in_words(kind: str, node: Schema) -> str:
    match kind:
        case "string":
            return _text(node)
        case "integer":
            return f"whole number, {node['minimum']} to {node['maximum']}"
        case "boolean":
            return "true or false"
        case "array":
            least = node.get("minItems", 0)
            unique = ", none twice" if node.get("uniqueItems") else ""
            return f"list, {least} to {node['maxItems']} items{unique}"
        case _:
            return "object" if node.get("additionalProperties") is False else "map from names to values"


def _text(node: Schema) -> str:
    if choices := [choice for choice in node.get("enum", ()) if choice is not None]:
        shown = ", ".join(str(choice) for choice in choices[:_MOST_CHOICES_SHOWN])
        return f"one of {shown}" + ("; more may come" if node.get("x-grows") else "")
    words = _FORMATS.get(node.get("format", ""), "text")
    if pattern := node.get("pattern"):
        words += f" like {pattern}"
    least, most = node.get("minLength", 0), node.get("maxLength")
    if most is not None:
        words += f", {least} to {most} characters" if least else f", up to {most} characters"
    return words
