"""The command line ``onboard``."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from onboarding.cli.console import complain, progress, say
from onboarding.local_platform import default_home
from shared.pipeline.errors import DataOnboardingError

application = typer.Typer(
    name="onboard",
    help="From a new data source to a tested, approved, deployed Bronze -> Silver -> Gold pipeline in Airflow.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


class Approve(StrEnum):
    """Who answers the approvals."""

    AUTO = "auto"
    ASK = "ask"


class ZoneChoice(StrEnum):
    """A zone of the lake."""

    BRONZE = "bronze"
    SILVER = "silver"
    GOLD = "gold"


class EngineChoice(StrEnum):
    """Where the pipeline runs."""

    LOCAL = "local"
    AWS = "aws"


@application.command()
def up(
    foreground: Annotated[bool, typer.Option(help="Stay until Ctrl-C, then stop the platform.")] = False,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port of the UI; a free one is chosen without it.")
    ] = None,
) -> None:
    """Start the local platform: Airflow, an emulated AWS, sample data."""
    from onboarding import local_platform

    info = local_platform.up(default_home(), foreground=foreground, port=port, progress=progress)
    say(f"Airflow UI    {info.api_url}")
    say(f"emulated AWS  {info.aws_url}")
    for user, password in sorted(info.users.items()):
        say(f"user          {user} / {password}")


@application.command()
def down() -> None:
    """Stop the local platform; its data stays."""
    from onboarding import local_platform

    local_platform.down(default_home(), progress=progress)
    say("the platform is stopped")


@application.command()
def run(
    conf: Annotated[Path | None, typer.Option(help="Conf file, YAML or JSON.")] = None,
    data: Annotated[Path | None, typer.Option(help="File or folder to upload as the source.")] = None,
    approve: Annotated[Approve, typer.Option(help="auto: answer the approvals; ask: leave them.")] = Approve.ASK,
    engine: Annotated[EngineChoice | None, typer.Option(help="Overrides deployment.engine.")] = None,
    json_path: Annotated[Path | None, typer.Option("--json", help="Write the JSON report here.")] = None,
    out: Annotated[Path | None, typer.Option(help="Keep the workload folder and the zones here.")] = None,
) -> None:
    """Onboard one source and run its pipeline once."""
    from onboarding.cli.conf_file import read_conf
    from onboarding.cli.run_command import RunRequest
    from onboarding.cli.run_command import run as run_onboarding

    request = RunRequest(
        home=default_home(),
        conf=read_conf(conf) if conf is not None else {},
        conf_name=str(conf) if conf is not None else "conf",
        data=data,
        approve=approve.value,
        engine=engine.value if engine is not None else None,
        json_path=json_path,
        out=out,
    )
    raise typer.Exit(run_onboarding(request))


@application.command()
def demo(
    json_path: Annotated[Path | None, typer.Option("--json", help="Write the JSON report here.")] = None,
) -> None:
    """Onboard the bundled sales data in a home of its own, which each call empties."""
    from onboarding.cli.demo_command import demo as run_demo

    raise typer.Exit(run_demo(json_path))


@application.command()
def answer(
    gate: Annotated[str, typer.Argument(help="Name of the gate, for example approve_plan.")],
    workload: Annotated[str, typer.Option(help="Name of the workload.")],
    option: Annotated[str | None, typer.Option(help="The option to choose; without it the card is shown.")] = None,
    changes: Annotated[
        list[str] | None, typer.Option("--set", help="What to change: KEY=VALUE, a key of the conf.")
    ] = None,
    user: Annotated[str, typer.Option(help="Who answers.")] = "reviewer",
) -> None:
    """Show a waiting gate's card, and answer it."""
    from onboarding.cli.answer_command import answer as answer_gate

    raise typer.Exit(answer_gate(gate, workload, option, changes or [], user))


@application.command()
def status(
    workload: Annotated[str | None, typer.Argument(help="Only this workload.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Phase, waiting gate and last result of each workload."""
    from onboarding.cli.status_command import status as show_status

    raise typer.Exit(show_status(workload, as_json=as_json))


@application.command()
def history(
    workload: Annotated[str, typer.Argument(help="Name of a workload.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Every onboarding of a workload: who asked, who decided what and when, tests, how it ended."""
    from onboarding.cli.history_command import history as show_history

    raise typer.Exit(show_history(workload, as_json=as_json))


@application.command("verify-record")
def verify_record(
    name: Annotated[str, typer.Argument(metavar="RUN_OR_WORKLOAD", help="Run id of an onboarding, or a workload.")],
) -> None:
    """Check that nobody changed the record of an onboarding; exit code 1 when somebody did."""
    from onboarding.cli.history_command import verify_record as verify

    raise typer.Exit(verify(name))


@application.command()
def profile(
    source: Annotated[str, typer.Argument(metavar="FILE", help="File or folder: a path, file:// or s3://.")],
    sample: Annotated[
        float | None,
        typer.Option(min=0.001, max=100, help="Measure this percentage of the rows; keys are proved over all of them."),
    ] = None,
    json_path: Annotated[Path | None, typer.Option("--json", help="Write the report as JSON here.")] = None,
    html_path: Annotated[Path | None, typer.Option("--html", help="Write the report as one HTML file here.")] = None,
    trial: Annotated[bool, typer.Option(help="Try the proposed cleaning and rules on every row.")] = True,
) -> None:
    """Profile a source without Airflow: types, keys, personal data, proposed cleaning and quality rules."""
    from onboarding.cli.profile_command import profile as profile_source

    raise typer.Exit(profile_source(source, sample, json_path, html_path, trial=trial))


@application.command()
def quality(
    workload: Annotated[str, typer.Argument(help="Name of a deployed workload.")],
    zone: Annotated[ZoneChoice | None, typer.Option(help="Only this zone; it alone decides the exit code.")] = None,
    json_path: Annotated[Path | None, typer.Option("--json", help="Write the report as JSON here.")] = None,
    html_path: Annotated[Path | None, typer.Option("--html", help="Write the report as one HTML file here.")] = None,
) -> None:
    """Scores, rules and what is unusual, as the last checks found; exit code 1 when one of them failed."""
    from onboarding.cli.quality_command import quality as report_quality

    raise typer.Exit(report_quality(workload, zone.value if zone is not None else None, json_path, html_path))


@application.command()
def replay(
    workload: Annotated[str, typer.Argument(help="Name of a deployed workload.")],
) -> None:
    """Send the rows that Bronze has through Silver and Gold again, without reading the source."""
    from onboarding.cli.replay_command import replay as replay_workload

    raise typer.Exit(replay_workload(workload))


@application.command()
def erase(
    workload: Annotated[str, typer.Argument(help="Name of a deployed workload.")],
    key: Annotated[list[str] | None, typer.Option(help="COLUMN=VALUE of the person's rows; all must fit.")] = None,
    yes: Annotated[bool, typer.Option(help="Erase; without it what would go is only shown.")] = False,
    json_path: Annotated[Path | None, typer.Option("--json", help="Write what was found and erased here.")] = None,
) -> None:
    """Remove one person's rows from every zone, for good."""
    from onboarding.cli.erase_command import erase as erase_person

    raise typer.Exit(erase_person(workload, key or [], yes=yes, json_path=json_path))


@application.command()
def lint(
    paths: Annotated[list[Path], typer.Argument(help="Conf files and workload folders.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Check confs and workload configs: file, line, key, expected, given."""
    from onboarding.cli.lint_command import lint as lint_paths

    raise typer.Exit(lint_paths(paths, as_json=as_json))


@application.command()
def export(
    workload: Annotated[str, typer.Argument(help="Name of a deployed workload.")],
    to: Annotated[Path, typer.Option(help="Folder to write the workload's folder into.")],
) -> None:
    """Write a deployed workload's folder, for Git."""
    from onboarding.cli.export_command import export as export_workload

    raise typer.Exit(export_workload(workload, to))


@application.command()
def package(
    out: Annotated[Path, typer.Option(help="Folder to write plugins.zip, requirements.txt and dags/ into.")],
    image: Annotated[str, typer.Option(help="Airflow version of the environment's MWAA image.")] = "3.3.1",
) -> None:
    """Build what an Amazon MWAA environment is given."""
    from onboarding.cli.package_command import package as build_package

    raise typer.Exit(build_package(out, image))


def main() -> None:
    """Entry point: a clear error instead of a traceback, and an exit code that tells the truth."""
    try:
        application()
    except DataOnboardingError as error:
        complain(error)
        sys.exit(1)
    except KeyboardInterrupt:
        progress("interrupted; the platform and what it runs go on, `onboard down` stops them")
        sys.exit(130)


if __name__ == "__main__":
    main()
