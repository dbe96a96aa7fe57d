"""Who sends what to whom, in Mermaid's language, which GitHub and most wikis draw."""

from contract_tools.model import Contracts


def flow_diagram(contracts: Contracts) -> str:
    """A flowchart with an arrow from each service to its topics, and from each topic to its readers."""
    lines = ["flowchart LR"]
    for topic in contracts.topics.values():
        lines.append(f'    {topic.owner} --> {topic.name}(["{topic.name}"])')
        lines += [f"    {topic.name} --> {reader}" for reader in topic.consumers]
    return "\n".join([*lines, ""])
