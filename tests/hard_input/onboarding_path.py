"""The whole path of one file, without Airflow: profile, plans, rendered workload, its scripts on DuckDB."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onboarding.agents import AgentContext, DagAgent, propose_all
from onboarding.codegen import build_workload
from onboarding.discovery import first_look, look_at_source, resolve
from onboarding.operators.steps.testing import TEST_FILES
from onboarding.spec.parse import parse_conf
from onboarding.spec.plans import WorkloadPlan
from onboarding.spec.profile import ProfileReport
from shared.operators import pipeline_steps
from shared.operators.test_gate import run_test_gate
from shared.pipeline import engine, secrets, tables
from shared.pipeline.errors import QualityGateFailed
from shared.pipeline.storage import local_path
from shared.pipeline.zones import Lake, published_files, read_pointer

if TYPE_CHECKING:
    from collections.abc import Iterator

RUN_DATE = "2026-01-15"
LOAD_ID = f"{RUN_DATE}-hard"
KEY = "a key for tests only, long enough"
#: Agents that write tests.
AGENTS = ("profiling", "metadata", "transformation", "quality", "dag")


@dataclass(frozen=True)
class Onboarded:
    """A file that went the whole path.

    :ivar summaries: script -> its counts, up to a gate that did not pass.
    :ivar blocked: text of that gate's error.
    """

    profile: ProfileReport
    plan: WorkloadPlan
    files: Mapping[str, bytes]
    summaries: Mapping[str, dict[str, Any]]
    blocked: str
    lake: Lake

    def gold(self) -> list[dict[str, Any]]:
        """Rows of the first Gold table that was published."""
        return read_published(self.lake, "gold", self.plan.transformation.gold_tables[0].name)


def render(
    location: str, conf: Mapping[str, Any] | None = None
) -> tuple[ProfileReport, WorkloadPlan, dict[str, bytes]]:
    """Profile, plan and render; rendering twice gives the same bytes."""
    parsed = parse_conf({"source.location": location, **(conf or {})})
    # As in the flow: what the source may take is decided before this process has measured it.
    discovery = resolve(parsed, first_look(parsed))
    profile = look_at_source(parsed)
    context = propose_all(AgentContext(conf=parsed, discovery=discovery, profile=profile))
    plan = WorkloadPlan(
        discovery=context.need_discovery(),
        metadata=context.need_metadata(),
        transformation=context.need_transformation(),
        quality=context.need_quality(),
        dag=DagAgent().propose(context),
    )
    return profile, plan, dict(build_workload(plan, profile).files)


def onboard(source: Path, scratch: Path, conf: Mapping[str, Any] | None = None) -> Onboarded:
    """The whole path of ``source``; what the run leaves is below ``scratch``.

    The books are checked: every row is in Silver, in the quarantine, a duplicate, or unreadable.
    """
    done = run_path(source, scratch, conf)
    check_books(done)
    return done


def run_path(source: Path, scratch: Path, conf: Mapping[str, Any] | None = None) -> Onboarded:
    """The whole path of ``source``; no row comes into this process, however many there are."""
    location = source.as_uri() + ("/" if source.is_dir() else "")
    profile, plan, files = render(location, conf)
    folder = scratch / "workload"
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    lake = Lake((scratch / "lake").as_uri(), plan.workload)
    summaries, blocked = _run(folder, plan, lake)
    return Onboarded(profile, plan, files, summaries, blocked, lake)


def _run(folder: Path, plan: WorkloadPlan, lake: Lake) -> tuple[dict[str, dict[str, Any]], str]:
    from onboarding.codegen.scripts import script_order

    summaries: dict[str, dict[str, Any]] = {}
    with masking_key():
        for script in script_order(plan.workload):
            try:
                summaries |= pipeline_steps.run_scripts(
                    folder,
                    [script],
                    run_date=RUN_DATE,
                    load_id=LOAD_ID,
                    engine="local",
                    lake_uri=lake.uri,
                    aws_conn_id="",
                )
            except QualityGateFailed as error:
                return summaries, error.text()
    return summaries, ""


def failures_of_its_own_tests(done: Onboarded, agents: Sequence[str] = AGENTS) -> list[str]:
    """Which of the tests that are written for the workload fail, and why: the test gates of these agents, in turn."""
    folder = Path(local_path(done.lake.uri)).parent / "workload"
    results = {agent: run_test_gate(folder, agent=agent, file_name=TEST_FILES[agent]) for agent in agents}
    failed = [
        f"{agent} {failure.name}: {failure.message}" for agent, found in results.items() for failure in found.failures
    ]
    # A gate that ran no test has no failures and did not pass.
    return failed or [agent for agent, found in results.items() if not found.passed]


@contextmanager
def masking_key() -> Iterator[None]:
    """The masking key without a connection of Airflow's, for steps of a pipeline and for the data plane itself."""
    kept = pipeline_steps._masking_key
    pipeline_steps._masking_key = lambda workload: KEY
    secrets.set_key_provider(pipeline_steps._masking_key)
    try:
        yield
    finally:
        pipeline_steps._masking_key = kept
        secrets.set_key_provider(None)


def check_books(done: Onboarded) -> None:
    """Bronze and the unreadable rows are what was measured; Silver, held back and duplicates are Bronze."""
    steps = {Path(script).stem: summary for script, summary in done.summaries.items()}
    extract = steps[f"extract_{done.plan.workload}"]
    assert extract["source"] == extract["bronze"] + extract["unreadable"]
    assert (extract["bronze"], extract["unreadable"]) == (done.profile.rows, done.profile.unreadable_rows)
    if done.blocked:
        return
    published = read_published(done.lake, "silver", done.plan.workload)
    held = {kind: _held(done.lake, kind) for kind in ("silver", "duplicates")}
    assert len(published) + len(held["silver"]) + len(held["duplicates"]) == extract["bronze"]
    numbers = sorted(row["_source_row"] for row in [*published, *held["silver"], *held["duplicates"]])
    assert numbers == list(range(1, extract["bronze"] + 1))


def _held(lake: Lake, kind: str) -> list[dict[str, Any]]:
    from shared.pipeline.arguments import RunArguments

    arguments = RunArguments("file:///workload", RUN_DATE, LOAD_ID, "local", lake.uri)
    return read_rows(tables.parquet_files(lake.quarantine(kind, arguments)))


def read_published(lake: Lake, zone: str, table: str) -> list[dict[str, Any]]:
    """Rows of the published version of a table; empty when nothing is published."""
    pointer = read_pointer(lake, zone, table)
    return [] if pointer is None else read_rows(published_files(lake, zone, table, pointer))


def read_rows(uris: list[str]) -> list[dict[str, Any]]:
    """Rows of Parquet files."""
    if not uris:
        return []
    with engine.connection() as con:
        result = con.execute(f"SELECT * FROM {tables.scan(tables.bring_tables(uris, Path()))}")
        names = [item[0] for item in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
