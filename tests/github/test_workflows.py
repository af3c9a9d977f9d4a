"""The workflows hold no right that they do not need, and the linters have no finding."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

WORKFLOWS = sorted(Path(".github/workflows").glob("*.yml"))
LINT = ("zizmor", "--offline", "--no-progress", "--persona=pedantic")
SCHEMAS = {
    "github-workflows": WORKFLOWS,
    "github-issue-forms": sorted(Path(".github/ISSUE_TEMPLATE").glob("*.yml")),
    "dependabot": [Path(".github/dependabot.yml")],
}


def triggers(workflow: dict) -> dict:
    # YAML 1.1 takes the key `on` for a truth value.
    return workflow[True]


def load(file: Path) -> dict:
    return yaml.safe_load(file.read_text(encoding="utf-8"))


JOBS = [
    pytest.param(load(file), job, id=f"{file.name}-{name}")
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


def test_the_linter_of_workflows_finds_a_workflow_that_forks_can_misuse(tmp_path):
    text = WORKFLOWS[0].read_text(encoding="utf-8")
    bad = text.replace("pull_request:", "pull_request_target:")
    bad = re.sub(r"@[0-9a-f]{40}", "@main", bad)
    (tmp_path / "bad.yml").write_text(bad, encoding="utf-8")
    ran = run(*LINT, tmp_path / "bad.yml")
    for finding in ("dangerous-triggers", "unpinned-uses"):
        assert f"[{finding}]" in ran.stdout


@pytest.mark.parametrize("schema", SCHEMAS)
def test_files_follow_their_schema(schema, tmp_path):
    command = ["check-jsonschema", "--builtin-schema", f"vendor.{schema}"]
    assert SCHEMAS[schema]
    ran = run(*command, *SCHEMAS[schema])
    assert ran.returncode == 0, ran.stdout
    (tmp_path / "bad.yml").write_text("nothing: of it\n", encoding="utf-8")
    assert run(*command, tmp_path / "bad.yml").returncode == 1


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_a_workflow_begins_without_rights_and_runs_forks_without_secrets(file):
    workflow, text = load(file), file.read_text(encoding="utf-8")
    assert workflow["permissions"] == {}
    assert set(triggers(workflow)) <= {"push", "pull_request", "schedule", "workflow_dispatch"}
    assert triggers(workflow).get("push", {"branches": ["main"]}) == {"branches": ["main"]}
    assert "secrets." not in text
    assert not re.search(r"https?://(?!\{0\}\.github\.io)", text)


@pytest.mark.parametrize(("workflow", "job"), JOBS)
def test_a_job_has_a_time_limit_and_writes_only_when_main_is_pushed(workflow, job):
    assert 0 < job["timeout-minutes"] <= 60
    writes = [right for right, way in job["permissions"].items() if way != "read"]
    if writes:
        assert job["if"] == "github.event_name == 'push'"
        assert set(job["needs"]) >= {"test", "build"}
        # What could run the project's code has no right to write.
        assert not any("checkout" in step.get("uses", "") for step in job["steps"])


@pytest.mark.parametrize(("workflow", "job"), JOBS)
def test_actions_are_pinned_by_commit_and_leave_no_token_behind(workflow, job):
    for step in job["steps"]:
        if "uses" in step:
            assert re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", step["uses"])
        if "checkout" in step.get("uses", ""):
            assert step["with"]["persist-credentials"] is False


def test_make_knows_what_the_workflows_call():
    calls = {
        match
        for file in WORKFLOWS
        for match in re.findall(r"run: make (\w+)", file.read_text(encoding="utf-8"))
    }
    targets = re.findall(r"^(\w+):", Path("Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert {"test", "site", "newest", "links"} == calls
    assert calls <= set(targets)


def test_both_ends_of_the_supported_pythons_are_tested():
    versions = load(Path(".github/workflows/site.yml"))["jobs"]["test"]["strategy"]["matrix"]
    lowest = re.search(
        r'requires-python = ">=([\d.]+)"', Path("pyproject.toml").read_text(encoding="utf-8")
    )[1]
    assert lowest in versions["python"]
    assert len(versions["python"]) > 1
