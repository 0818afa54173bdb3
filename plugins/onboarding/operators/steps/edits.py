"""Files that a person edits after an agent's tests failed twice: where they lie, and what of them is confirmed.

Below ``runs/<root run>/``: ``produced/<agent>-<round>/`` is what was rendered and failed, with its plan;
``edit/<agent>-<round>/`` the same files for a person to edit; ``edited/<agent>/<digest>/`` what a person confirmed, as
it was shown: later changes in the folder to edit are not in it. The version in a DAG file is left out everywhere here:
it follows from the other files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel

from onboarding.codegen import render as render_workload
from onboarding.codegen.dag import is_dag_file, without_version
from onboarding.codegen.guard_rails import is_editable, problems_of
from onboarding.operators.step import StepContext
from onboarding.spec.plans import (
    DagPlan,
    DraftPlan,
    MetadataPlan,
    QualityPlan,
    TransformationPlan,
    WorkloadPlan,
)
from onboarding.spec.profile import ProfileReport
from onboarding.workspace.outputs import output_files, read_output, safe_segment, write_output
from onboarding.workspace.store import sha256, tree_digest
from shared.pipeline.errors import DataOnboardingError

#: Agents whose files can be edited: what phase 3 renders is rendered again in phase 4.
PLANS: dict[str, type[BaseModel]] = {
    "metadata": MetadataPlan,
    "transformation": TransformationPlan,
    "quality": QualityPlan,
    "dag": DagPlan,
}
PLAN_FILE = "plan.json"
_RENDERED, _EDITED = "rendered/", "edited/"


class EditedFilesError(DataOnboardingError):
    """Files that a person edited and confirmed cannot be used."""

    code = "edited_files"


@dataclass(frozen=True)
class EditedFile:
    """A file in the folder to edit that is not as it was rendered.

    :ivar rendered: None: no agent wrote it.
    :ivar edited: None: it is not there any more.
    :ivar problems: what keeps it from being run.
    """

    path: str
    rendered: bytes | None
    edited: bytes | None
    problems: tuple[str, ...]


def folder_to_edit(context: StepContext, agent: str) -> str:
    """Key of the folder with an agent's files for a person to edit in this run."""
    return _key(context, "edit", agent, context.run.iteration)


def leave_to_edit(context: StepContext, agent: str, plan: bytes, files: Mapping[str, bytes]) -> None:
    """Put what an agent's tests failed on twice where a person can edit it; what somebody edited already stays.

    :param plan: the agent's plan as JSON.
    :param files: the files that were tested, by relative path; those of a person, where these were tested.
    """
    edited = edited_files(context)
    rendered = {path: _plain(path, data) for path, data in files.items() if is_editable(path)}
    before = {path: _of_snapshot(context, agent, path) for path in rendered if path in edited}
    base = {**rendered, **{path: data for path, data in before.items() if data is not None}}
    write_output(
        context.store,
        _key(context, "produced", agent, context.run.iteration),
        {PLAN_FILE: plan, **{f"{_RENDERED}{path}": data for path, data in base.items()}},
        {},
    )
    folder = folder_to_edit(context, agent)
    for path, data in rendered.items():
        begun = None if path in edited else _begun(context, agent, path, base[path])
        context.store.create(f"{folder}/{path}", begun or data)


def changed_files(context: StepContext, agent: str) -> list[EditedFile]:
    """What a person changed in the folder to edit, by path; empty: nothing."""
    folder = folder_to_edit(context, agent)
    rendered = _rendered(context, agent, context.run.iteration)
    present = {key[len(folder) + 1 :]: context.store.read(key) for key in context.store.find(folder)}
    found = []
    for path in sorted({*rendered, *present}):
        before, after = rendered.get(path), present.get(path)
        if before == after:
            continue
        if before is None:
            problems = [f"it is not one of the files of the {agent} agent: take it away"]
        elif after is None:
            problems = ["it is not there any more: put it back"]
        else:
            problems = problems_of(path, before, after)
        found.append(EditedFile(path, before, after, tuple(problems)))
    return found


def keep_edits(context: StepContext, agent: str, changed: list[EditedFile]) -> str:
    """Keep the changed files as they are now; the digest that stands for exactly them."""
    produced = read_output(context.store, _key(context, "produced", agent, context.run.iteration))
    assert produced is not None, "changes are of files that were produced"
    files = {PLAN_FILE: context.store.read(f"{produced.key}/{PLAN_FILE}")}
    for file in changed:
        files |= {f"{_RENDERED}{file.path}": file.rendered or b"", f"{_EDITED}{file.path}": file.edited or b""}
    digest = tree_digest({name: sha256(data) for name, data in files.items()})
    write_output(context.store, _snapshot_key(context, agent, digest), files, {})
    return digest


def edited_files(context: StepContext) -> dict[str, bytes]:
    """Files that a person edited and confirmed for this run, by path in the workload."""
    return {
        name.removeprefix(_EDITED): data
        for agent, digest in sorted(context.run.edits.items())
        for name, data in _snapshot(context, agent, digest).items()
        if name.startswith(_EDITED)
    }


def edited_plan(context: StepContext, agent: str) -> BaseModel | None:
    """The plan that an agent's edited files belong to; None where nobody edited its files."""
    digest = context.run.edits.get(agent)
    if digest is None:
        return None
    return PLANS[agent].model_validate_json(_snapshot(context, agent, digest)[PLAN_FILE])


def render_with_edits(
    context: StepContext, plan: WorkloadPlan | DraftPlan, profile: ProfileReport, owner: str
) -> dict[str, bytes]:
    """The files of an agent, those that a person edited in their place.

    :raises EditedFilesError: a file is rendered to something else now than what the person edited.
    """
    rendered = render_workload(plan, profile, owner=owner)
    edited = edited_files(context)
    if not edited:
        return rendered
    for agent in context.run.edits:
        for path in sorted(rendered.keys() & edited.keys()):
            before = _of_snapshot(context, agent, path)
            if before is not None and before != _plain(path, rendered[path]):
                raise EditedFilesError(
                    "a file that a person edited is rendered to something else now",
                    where=path,
                    expected="the text that the person edited: the plan is the same",
                    given="another text, from another plan",
                    remedy="onboard once more, with what the edit was for as a setting; nothing was deployed",
                )
    return render_workload(plan, profile, owner=owner, edited=edited)


def _begun(context: StepContext, agent: str, path: str, base: bytes) -> bytes | None:
    """What a person made of the same file in an earlier run of the chain."""
    for iteration in range(context.run.iteration - 1, 0, -1):
        if _rendered(context, agent, iteration).get(path) == base:
            key = f"{_key(context, 'edit', agent, iteration)}/{path}"
            return context.store.read(key) if context.store.exists(key) else None
    return None


def _rendered(context: StepContext, agent: str, iteration: int) -> dict[str, bytes]:
    produced = read_output(context.store, _key(context, "produced", agent, iteration))
    if produced is None:
        return {}
    files = output_files(context.store, produced)
    return {name.removeprefix(_RENDERED): data for name, data in files.items() if name.startswith(_RENDERED)}


def _of_snapshot(context: StepContext, agent: str, path: str) -> bytes | None:
    """What a file of an agent was rendered to when a person edited it."""
    digest = context.run.edits.get(agent)
    return None if digest is None else _snapshot(context, agent, digest).get(f"{_RENDERED}{path}")


def _snapshot(context: StepContext, agent: str, digest: str) -> dict[str, bytes]:
    key = _snapshot_key(context, agent, digest)
    kept = read_output(context.store, key)
    files = output_files(context.store, kept) if kept else {}
    given = tree_digest({name: sha256(data) for name, data in files.items()})
    if given != digest:
        raise EditedFilesError(
            f"the edited files of the {agent} agent are not those that were confirmed",
            where=context.store.uri_of(key),
            expected=f"files with the digest {digest}",
            given=f"files with the digest {given}" if files else "nothing",
            remedy="restore the workspace, or onboard once more; nothing was deployed",
        )
    return files


def _snapshot_key(context: StepContext, agent: str, digest: str) -> str:
    return f"runs/{safe_segment(context.run.root_run_id)}/edited/{agent}/{digest[:16]}"


def _key(context: StepContext, kind: str, agent: str, iteration: int) -> str:
    return f"runs/{safe_segment(context.run.root_run_id)}/{kind}/{agent}-{iteration:02d}"


def _plain(path: str, data: bytes) -> bytes:
    return without_version(data) if is_dag_file(path) else data
