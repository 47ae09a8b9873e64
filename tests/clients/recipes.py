"""The recipes of docs/scripts.md, each run as it is printed, with the demo's data and a real jq.

    recipes.py path/to/crashsight-mcp
"""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import jq

# What each recipe prints, in the order of the document: every line matches.
EXPECTED = [
    r'"\d{4}-\d\d-\d\d",\d+,0\.\d+',
    r"[0-9A-F]{32} \d+ devices  .+",
    r"true|false",
    r"[0-9A-F]{32}\t\d+\t.+",
    r"\S+ since \d{4}-\d\d-\d\d",
]


def run(binary, recipe):
    call, filtered = recipe.split(" |\n")
    _, *arguments = shlex.split(call)
    program, *options, expression = shlex.split(filtered)
    assert program == "jq" and options in ([], ["-r"]), filtered
    command = [binary, *arguments, "--demo"]
    data = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
    values = jq.compile(expression).input_text(data).all()
    return [value if isinstance(value, str) else str(value).lower() for value in values]


def main():
    document = Path(__file__).parents[2] / "docs/scripts.md"
    recipes = re.findall(r"^```sh\n(.*?)\n```$", document.read_text(), re.DOTALL | re.MULTILINE)
    reports = [recipe for recipe in recipes if recipe.startswith("crashsight-mcp report")]
    recipes = [recipe for recipe in recipes if recipe not in reports]
    assert reports, "no report"
    for line in "\n".join(reports).splitlines():
        command, file = line.split(" > ")
        _, *arguments = shlex.split(command)
        ended = subprocess.run([sys.argv[1], *arguments, "--demo"], capture_output=True, text=True, timeout=200)
        # 4: a threshold is met.
        assert ended.returncode in (0, 4), f"{line}: {ended.returncode} {ended.stderr}"
        first = ended.stdout.splitlines()[0]
        assert first == "{" if file.endswith(".json") else first.startswith("**"), f"{line}: {first}"
    assert len(recipes) == len(EXPECTED), f"{len(recipes)} recipes"
    for recipe, expected in zip(recipes, EXPECTED):
        lines = run(sys.argv[1], recipe)
        assert lines, f"nothing printed by\n{recipe}"
        for line in lines:
            assert re.fullmatch(expected, line), f"{line!r} is printed by\n{recipe}"
    print(f"recipes: {len(recipes) + len(reports)} passed, 0 failed")


main()
