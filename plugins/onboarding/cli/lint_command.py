"""``onboard lint``: confs and workload configs, without Airflow's database."""

from __future__ import annotations

import json
from pathlib import Path

from onboarding.cli.conf_file import line_of, read_conf
from onboarding.cli.console import say
from onboarding.spec.config_files import CONFIG_MODELS, read_config
from onboarding.spec.parse import parse_conf
from shared.pipeline.errors import DataOnboardingError

_SUFFIXES = (".yaml", ".yml", ".json")


class LintError(DataOnboardingError):
    """A path that cannot be linted."""

    code = "lint"


def lint(paths: list[Path], *, as_json: bool) -> int:
    """Check each path; prints one finding each with file, line, key; exit code 1 when there is any."""
    findings: list[dict[str, object]] = []
    checked = 0
    for path in paths:
        for file in _files(path):
            checked += 1
            finding = _check(file)
            if finding is not None:
                findings.append(finding)
    if as_json:
        say(json.dumps({"checked": checked, "findings": findings}, indent=2, sort_keys=True))
    else:
        for finding in findings:
            say(str(finding["text"]))
        say(f"{checked} file(s) checked, {len(findings)} with errors")
    return 1 if findings else 0


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        found = sorted(path.glob("config/*.yaml")) or sorted(path.glob("*/config/*.yaml"))
        if found:
            return found
    if path.is_file() and path.suffix in _SUFFIXES:
        return [path]
    raise LintError(
        "there is nothing to lint",
        where=str(path),
        expected="a conf file (.yaml, .yml, .json) or a workload folder with config/*.yaml",
        given="a folder without configs" if path.is_dir() else "no such file, or another kind of file",
        remedy="check the path",
    )


def _check(file: Path) -> dict[str, object] | None:
    try:
        content = read_conf(file)
        model = CONFIG_MODELS.get(f"config/{file.name}") if file.parent.name == "config" else None
        if model is not None:
            read_config(file.read_bytes(), model, where=str(file))
        else:
            parse_conf(content, where=str(file))
    except DataOnboardingError as error:
        return _finding(file, error)
    return None


def _finding(file: Path, error: DataOnboardingError) -> dict[str, object]:
    key = error.where.split(": ", maxsplit=1)[1] if ": " in error.where else ""
    line = line_of(file, key) if key else _line_in(error.where, file)
    error.where = f"{file}:{line}" + (f": {key}" if key else "")
    return {
        "file": str(file),
        "line": line,
        "key": key,
        **error.as_dict(),
        "text": DataOnboardingError.text(error),
    }


def _line_in(where: str, file: Path) -> int:
    rest = where.removeprefix(f"{file}:")
    return int(rest) if rest.isdigit() else 1
