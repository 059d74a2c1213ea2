"""Two small helpers over lxml: build an element with its text and attributes, read a document safely."""

from lxml import etree

Element = etree._Element


def node(parent: Element, tag: str, text: str | None = None, **attributes: str) -> Element:
    """Append ``<tag attributes>text</tag>`` to ``parent`` and return it."""
    child = etree.SubElement(parent, tag, dict(attributes))
    child.text = text
    return child


def write(root: Element) -> str:
    """The document as indented text."""
    etree.indent(root, space="  ")
    return etree.tostring(root, encoding="unicode") + "\n"


def read(text: str) -> Element:
    """Parse XML that libvirt returned; entities and the network stay closed."""
    return etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False, no_network=True))


def attribute(root: Element, path: str, name: str) -> str:
    """Attribute ``name`` of the first element at ``path``, or the empty string."""
    found = root.find(path)
    return "" if found is None else str(found.get(name) or "")
