"""What stands right above a closing ``:::``: a paragraph or picture like any other."""

from __future__ import annotations

from sourcebook.render.tree.document import Node, attributes, iterate, plain


def mend_closings(blocks: list[Node]) -> None:
    """Makes, in place, a paragraph or figure of what ends a Div without an empty line.

    pandoc, told that lists need no empty line before them, reads such lines as it reads the items of a tight list.
    """
    for node in iterate(blocks):
        if node["t"] == "Div":
            node["c"][1] = [_mended(block) for block in node["c"][1]]
        for definition in _definitions(node):
            definition[:] = [_mended(block) for block in definition]


def _definitions(node: Node) -> list[list[Node]]:
    """The definitions of a list that are more than one block: their paragraphs would run into each other."""
    items = node["c"] if node["t"] == "DefinitionList" else []
    return [blocks for _, definitions in items for blocks in definitions if len(blocks) > 1]


def _mended(block: Node) -> Node:
    if block["t"] != "Plain":
        return block
    inlines = block["c"]
    if len(inlines) == 1 and inlines[0]["t"] == "Image" and inlines[0]["c"][1]:
        return _figure(inlines[0])
    return {"t": "Para", "c": inlines}


def _figure(image: Node) -> Node:
    """An image with a caption alone in its paragraph, as pandoc has it: the label is the figure's."""
    label, classes, pairs = attributes(image)
    _, caption, target = image["c"]
    bare = {"t": "Image", "c": [["", classes, [[*pair] for pair in pairs.items()]], caption, target]}
    return {"t": "Figure", "c": [[label, [], []], [None, [plain(caption)]], [plain([bare])]]}
