"""What belongs to one subject alone: [tool.weaver] of pyproject.toml."""

import tomllib
from pathlib import Path


def settings() -> dict:
    """Read the settings of the project in this folder."""
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    return project["tool"]["weaver"] | {
        "name": project["project"].get("name", "site"),
        "python": project["project"]["requires-python"].removeprefix(">="),
    }
