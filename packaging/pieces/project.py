"""The project's names, addresses and version, from packaging/project.toml and Cargo.toml."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"
NAME = "crashsight-mcp"
PLACEHOLDER = "owner--not-set"

_settings = tomllib.loads((PACKAGING / "project.toml").read_text("utf-8"))
_workspace = tomllib.loads((ROOT / "Cargo.toml").read_text("utf-8"))["workspace"]["package"]

OWNER = _settings["owner"]
REPOSITORY = _settings["repository"]
TITLE = _settings["title"]
DESCRIPTION = _settings["description"]
VERSION = _workspace["version"]
LICENSE = _workspace["license"]
ADDRESS = f"https://github.com/{OWNER}/{REPOSITORY}"
# The name in the MCP registry, whose first part proves the owner.
REGISTRY_NAME = f"io.github.{OWNER}/{REPOSITORY}"
# Where the files of this version are downloaded from.
DOWNLOADS = f"{ADDRESS}/releases/download/v{VERSION}"

# Settings that the bundle, the plugin and the extension ask for, in order: key, variable, title, description, secret.
SETTINGS = [
    ("user_id", "CRASHSIGHT_USER_ID", "User id", "Your CrashSight user id (localUserId), from the console's personal information", False),
    ("api_key", "CRASHSIGHT_API_KEY", "API key", "Your CrashSight OpenAPI key, from the same page", True),
    ("project", "CRASHSIGHT_PROJECT", "Default project", "appId@platform, such as d98b9f7eec@android", False),
    ("site", "CRASHSIGHT_SITE", "Site", "cn (crashsight.qq.com) or global (crashsight.wetest.net)", False),
]


def readme():
    """README.md for a page elsewhere: its links to files of the repository are addresses."""
    text = (ROOT / "README.md").read_text("utf-8")
    return re.sub(r"\]\((?!https?:|#)([^)]+)\)", rf"]({ADDRESS}/blob/v{VERSION}/\1)", text)
