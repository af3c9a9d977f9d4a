"""The workflows hold no right that they do not need, and the linters have no finding."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

SITE = Path(".github/workflows/site.yml")
RELEASE = Path(".github/workflows/release.yml")
PROJECT = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
WORKFLOWS = sorted(Path(".github/workflows").glob("*.yml"))
LINT = ("zizmor", "--offline", "--no-progress", "--persona=pedantic")
SCHEMAS = {
    "github-workflows": WORKFLOWS,
    "github-issue-forms": sorted(Path(".github/ISSUE_TEMPLATE").glob("*.yml")),
    "dependabot": [Path(".github/dependabot.yml")],
    "citation-file-format": [Path("CITATION.cff")],
}


def load(file: Path) -> dict:
    return yaml.safe_load(file.read_text(encoding="utf-8"))


JOBS = [
    pytest.param(job, id=f"{file.name}-{name}")
    for file in WORKFLOWS
    for name, job in load(file)["jobs"].items()
]


def run(*command: str | Path) -> subprocess.CompletedProcess:
    program = Path(sys.executable).with_name(command[0])
    return subprocess.run([program, *command[1:]], capture_output=True, text=True)


def test_the_linter_of_workflows_has_no_finding():
    ran = run(*LINT, ".github")
    assert ran.returncode == 0, ran.stdout
    for file in WORKFLOWS:
        assert f"completed {file}" in ran.stderr


@pytest.mark.parametrize("schema", SCHEMAS)
def test_files_follow_their_schema(schema, tmp_path):
    command = ["check-jsonschema", "--builtin-schema", f"vendor.{schema}"]
    assert SCHEMAS[schema]
    ran = run(*command, *SCHEMAS[schema])
    assert ran.returncode == 0, ran.stdout
    (tmp_path / "bad.yml").write_text("nothing: of it\n", encoding="utf-8")
    assert run(*command, tmp_path / "bad.yml").returncode == 1


@pytest.mark.parametrize("job", JOBS)
def test_what_may_write_runs_nothing_of_the_project(job):
    rights = [right for right, way in job["permissions"].items() if way != "read"]
    uses = [step.get("uses", "") for step in job["steps"]]
    assert not rights or not any("checkout" in action for action in uses), rights
    assert 0 < job["timeout-minutes"] <= 60


def test_what_is_published_is_tested_everywhere():
    jobs = load(SITE)["jobs"]
    for name in ("publish", "notebooks"):
        assert jobs[name]["if"] == "github.event_name == 'push'"
        assert set(jobs[name]["needs"]) == {"test", "systems", "build"}
    # There nothing may be skipped for want of a browser.
    assert {"run": "bash .ci/run"} in jobs["test"]["steps"]
    lowest = PROJECT["requires-python"]
    assert lowest.removeprefix(">=") == jobs["test"]["strategy"]["matrix"]["python"][0]


def test_a_release_is_tested_and_has_the_version_of_the_project(tmp_path):
    jobs = load(RELEASE)["jobs"]
    steps = jobs["build"]["steps"]
    assert {"run": "bash .ci/run"} in steps
    assert jobs["release"]["needs"] == ["build"]
    assert [job for job in jobs if "write" in jobs[job]["permissions"].values()] == ["release"]
    assert load(Path("CITATION.cff"))["version"] == PROJECT["version"]
    (made,) = (step for step in steps if step.get("run") == "make class")
    assert made["env"]["COMMIT"] == "${{ github.ref_name }}"
    (compare,) = (step["run"] for step in steps if step.get("name", "").startswith("Compare"))
    # With the Python that runs this.
    (tmp_path / "python").symlink_to(sys.executable)
    path = f"{tmp_path}:{os.environ['PATH']}"
    for tag, wrong in [(f"v{PROJECT['version']}", 0), ("v0.0.0", 1), (PROJECT["version"], 1)]:
        environment = os.environ | {"GITHUB_REF_NAME": tag, "PATH": path}
        ran = subprocess.run(["bash", "-e", "-c", compare], env=environment, capture_output=True)
        assert ran.returncode == wrong
        assert (f"The tag is {tag}, and the version".encode() in ran.stdout) == bool(wrong)


def test_no_check_may_fail_unnoticed():
    for file in WORKFLOWS:
        assert "continue-on-error" not in file.read_text(encoding="utf-8")
    jobs = load(Path(".github/workflows/weekly.yml"))["jobs"]
    assert {"report", *jobs["report"]["needs"]} == set(jobs)


def test_make_knows_what_workflows_and_texts_call():
    texts = [*WORKFLOWS, Path(".ci/run"), Path("CONTRIBUTING.md"), Path("README.md")]
    targets = re.findall(r"^(\w+):", Path("Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    for file in texts:
        calls = re.findall(r"(?:`|^ *|run: )make (\w+)", file.read_text("utf-8"), re.MULTILINE)
        assert calls
        assert set(calls) <= set(targets), file


def test_contributing_is_short_and_names_files_that_exist():
    text = Path("CONTRIBUTING.md").read_text(encoding="utf-8")
    assert 100 < len(text.split()) < 400
    files = re.findall(r"`((?:\w+/)+(?:[\w.]+)?|\w+\.yml)`", text)
    assert len(files) > 3
    assert [file for file in files if not Path(file).exists()] == []
