"""Fails when a dependency needs a newer Rust than the `rust-version` of Cargo.toml: minimum.py < output of cargo metadata"""

import json
import sys


def version(text):
    """A Rust version as numbers, which compare."""
    return tuple(int(part) for part in text.split("."))


packages = json.load(sys.stdin)["packages"]
ours = min(version(package["rust_version"]) for package in packages if package["source"] is None)
newer = [f"{package['name']} {package['version']} needs Rust {package['rust_version']}" for package in packages
         if package["rust_version"] and version(package["rust_version"])[:2] > ours[:2]]
if newer:
    sys.exit("\n".join(newer) + f"\nthe minimum is {'.'.join(map(str, ours))}; raise rust-version in Cargo.toml, or keep an older one")
print(f"minimum Rust version: {'.'.join(map(str, ours))} is enough for {len(packages)} packages")
