"""Group ``phase_1_discovery``: a first look at the source, and every open question closed or assumed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from onboarding.agents.claude.request import FilledConf, read_request
from onboarding.discovery import first_look, list_files, resolve
from onboarding.discovery.engine_choice import check_aws, local_reason
from onboarding.discovery.questions import open_questions
from onboarding.operators.step import StepContext, StepResult
from onboarding.operators.steps.asking import ask, ask_for_source, asked_before
from onboarding.operators.steps.claude_access import NO_CONNECTION, claude_of
from onboarding.operators.steps.edits import edited_files
from onboarding.operators.steps.route import conf_of
from onboarding.spec.conf import Conf
from onboarding.spec.parse import fold
from onboarding.spec.plans import Assumption, DiscoveryPlan
from onboarding.spec.profile import SourceLook
from onboarding.workspace.record import claude_entry
from onboarding.workspace.store import canonical_json
from shared.hooks.claude import ClaudeError

REQUEST_ENTRY = "request"
NOTES_FILE = "notes.json"
COLUMNS_FILE = "columns.json"


@dataclass(frozen=True)
class _Read:
    """A conf after its request was read: what was filled in, and what a person should know of it."""

    conf: Conf
    filled: list[Assumption] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def discover(context: StepContext) -> StepResult:
    """The discovery plan, with each assumption and its reason, and the conf with what a request asked for.

    Where something is needed that neither the source nor the conf tells, the questions instead of a plan.
    """
    conf = conf_of(context)
    settings = context.settings
    if conf.source.location is None:
        return ask_for_source(context, conf)
    check_aws(conf, dags_uri=settings.dags_uri, lake_uri=settings.lake_uri, glue_role_arn=settings.glue_role_arn)
    # Before a byte is moved: the first look brings the whole source here.
    local_reason(conf, list_files(conf))
    look = first_look(conf)
    read = _read_request(context, conf, look)
    before = asked_before(context)
    questions = open_questions(read.conf, look, before.answered)
    if questions:
        return ask(context, questions)
    plan = resolve(read.conf, look)
    others = [*read.filled, *_location(context, conf), *before.assumptions]
    assumptions = sorted([*plan.assumptions, *others], key=lambda made: made.key)
    handed = {"gaps": dict(sorted(context.run.gaps.items())), "edited": sorted(edited_files(context))}
    plan = plan.model_copy(update={"assumptions": assumptions, **handed})
    return StepResult(
        files={
            "discovery.json": canonical_json(plan.model_dump(mode="json")),
            "conf.json": canonical_json(read.conf.model_dump(mode="json")),
            NOTES_FILE: canonical_json(read.notes),
            COLUMNS_FILE: canonical_json(look.source_columns),
        },
        summary={
            "workload": plan.workload,
            "format": plan.source.format.value,
            "bytes": look.total_bytes,
            "assumptions": len(plan.assumptions),
        },
    )


def discovery_of(context: StepContext) -> DiscoveryPlan:
    """The discovery plan of phase 1."""
    return context.model("discovery", "discovery.json", DiscoveryPlan)


def notes_of(context: StepContext) -> list[str]:
    """What a person should know of how the free text of the conf was read."""
    return [str(note) for note in json.loads(context.read("discovery", NOTES_FILE))]


def _read_request(context: StepContext, conf: Conf, look: SourceLook) -> _Read:
    """The conf with what its request asks for; the conf as it is, with a note, where nobody could read it."""
    if not conf.request:
        return _Read(conf)
    name = claude_entry("request", context.run.iteration)
    try:
        claude = claude_of(context)
    except ClaudeError as error:
        context.record.write(name, {"agent": "request", "outcome": "rules", "kind": error.kind, "why": error.what})
        return _Read(conf, notes=[_unread(error.what)])
    if claude is None:
        context.record.write(name, {"agent": "request", "outcome": "not_configured", "why": NO_CONNECTION})
        return _Read(conf, notes=[_unread("there is no connection to Claude")])
    told = read_request(claude, conf, look.source_columns, lambda filled: _check(filled, look))
    filled: FilledConf | None = told.result
    context.record.write(
        name,
        {
            "agent": "request",
            "outcome": "rules" if filled is None else "amended" if filled.filled else "agreed",
            "kind": told.kind,
            "why": told.why,
            "model": told.model,
            "prompt": told.prompt,
            "amendments": list(told.content.get("settings") or []),
            "repaired": told.repaired,
        },
    )
    if filled is None:
        return _Read(conf, notes=[_unread(told.why)])
    _keep_conf(context, filled.conf)
    return _Read(
        filled.conf, filled.filled, [f"not understood, and not done: {wish}" for wish in filled.not_understood]
    )


def _check(conf: Conf, look: SourceLook) -> None:
    resolve(conf, look)


def _keep_conf(context: StepContext, conf: Conf) -> None:
    """The record's conf is what a later onboarding of this workload starts from."""
    entry = context.record.read(REQUEST_ENTRY) or {}
    context.record.write(REQUEST_ENTRY, {**entry, "conf": conf.model_dump(mode="json", exclude_none=True)})


def _location(context: StepContext, conf: Conf) -> list[Assumption]:
    """The address of the source, where it was found in the request."""
    location = conf.source.location or ""
    given = fold(context.run.conf).get("source") or {}
    if given.get("location") or not location or location not in (conf.request or ""):
        return []
    return [Assumption(key="source.location", value=location, reason="the only address in the request")]


def _unread(why: str) -> str:
    return f"the request was not read ({why}): only the fields of the form count"
