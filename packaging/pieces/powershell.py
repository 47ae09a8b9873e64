"""Parses PowerShell scripts and fails at a syntax error: powershell.py FILE…

PowerShell itself is in none of the package registries that the tests may use.
"""

import sys
from pathlib import Path

import tree_sitter
import tree_sitter_powershell


def errors(node):
    """The nodes that could not be parsed."""
    if node.is_error or node.is_missing:
        yield node
    for child in node.children:
        yield from errors(child)


parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language()))
failed = False
for name in sys.argv[1:]:
    for node in errors(parser.parse(Path(name).read_bytes()).root_node):
        failed = True
        print(f"{name}:{node.start_point.row + 1}: cannot be parsed", file=sys.stderr)
    print(f"powershell: {name}")
sys.exit(failed)
