"""Runs the cases of one client, a few at a time: a line for each, and a summary."""

import asyncio
import json
import os
import sys
import traceback
from pathlib import Path

# A case in Node is all processor: more at a time than processors only make each slower.
AT_A_TIME = min(4, os.cpu_count() or 1)
# Ends what hangs. No case is judged by its speed: other work runs beside it.
CASE_SECONDS = 600


def npm_version(folder, package):
    """The version of a package that npm installed in a folder."""
    return json.loads(Path(folder, "node_modules", package, "package.json").read_text())["version"]


def _causes(error):
    """What went wrong, without the groups that clients wrap it in."""
    if isinstance(error, BaseExceptionGroup):
        return [line for inner in error.exceptions for line in _causes(inner)]
    return traceback.format_exception(error)


async def _run(client, cases):
    places = asyncio.Semaphore(AT_A_TIME)

    async def passes(label, case):
        async with places:
            try:
                await asyncio.wait_for(case(), timeout=CASE_SECONDS)
            except Exception as error:
                print(f"{client}, {label}: FAILED", *_causes(error), sep="\n", flush=True)
                return False
        print(f"{client}, {label}: ok", flush=True)
        return True

    return await asyncio.gather(*(passes(label, case) for label, case in cases))


def run(clients):
    """Runs the cases of each client, given as (name with version, cases), and ends the process: 0 when all passed."""
    failed = 0
    for client, cases in clients:
        passed = asyncio.run(_run(client, cases))
        print(f"{client}: {sum(passed)} passed, {len(passed) - sum(passed)} failed", flush=True)
        failed += len(passed) - sum(passed) + (not passed)
    sys.exit(1 if failed else 0)
