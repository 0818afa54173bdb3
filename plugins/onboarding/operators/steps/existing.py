"""Group ``route``: what is there already of what was asked for, and the questions that it can answer at once."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from onboarding.agents.claude.gold_question import write_query
from onboarding.codegen.scripts import script_order
from onboarding.deploy.dry_run import dry_run
from onboarding.deploy.duplicates import source_identity
from onboarding.discovery.workload_search import Found, described, search
from onboarding.gates.card import NextRun
from onboarding.gates.corrections import phase_of_changes
from onboarding.operators.gate import handed_on
from onboarding.operators.step import StepContext, StepResult
from onboarding.operators.steps.claude_access import claude_of
from onboarding.operators.steps.route import conf_of, name_request
from onboarding.spec.conf import Conf, Intent, Mode
from onboarding.spec.conf_errors import ConfError
from onboarding.spec.gold_query import CheckedQuery, check_query, is_sql
from onboarding.spec.parse import changed_leaves
from onboarding.spec.report import ANSWERED
from onboarding.workspace.deployed import DeployedWorkload, find_deployed, needed_deployed, version_key
from onboarding.workspace.drafts import Draft, find_drafts
from onboarding.workspace.store import Store, canonical_json
from shared.hooks.gold_query import ask_gold
from shared.operators.pipeline_steps import without_connection

FOUND_FILE, DRAFT_FILE, ANSWER_FILE = "found.json", "draft.json", "answer.json"
QUALITY_ENTRY, ANSWER_ENTRY = "quality-check", "gold-answer"
_AD_HOC = {Intent.CHECK_QUALITY: "route.check_quality", Intent.QUERY_GOLD: "route.query_gold"}


def find_workload(context: StepContext) -> StepResult:
    """FOUND, PARTIAL, NOT FOUND, or several that fit; and what follows: a question to a person, or a way on.

    An existing name is overwritten with intent modify only: otherwise :func:`detect_duplicates` tells the same source
    from another one.

    :raises ConfError: there is no source, nothing deployed that was meant, and nobody may be asked.
    """
    conf = conf_of(context)
    if conf.intent in _AD_HOC:
        found = needed_deployed(Store(context.settings.dags_uri), _name_for(context, conf))
        name_request(context, found.name)
        return _result("FOUND", found.name, found, branch=_AD_HOC[conf.intent])
    if conf.source.location is None:
        return _which_one(context, conf)
    workload = str(context.inputs["conf"].summary["workload"])
    deployed = find_deployed(Store(context.settings.dags_uri), workload)
    if deployed is not None:
        return _result("FOUND", workload, deployed)
    draft = _draft(context, conf, workload)
    if draft is None:
        return _result("NOT FOUND", workload, None)
    if conf.intent is Intent.COMPLETE:
        following = completed(context, draft)
        reason = f"completes {draft.root_run_id}"
        asked = handed_on(
            "choose_partial", reason, by=context.run.triggered_by, following=following.model_dump(mode="json")
        )
        return StepResult(summary=asked, outcome=str(asked["outcome"]), reason=reason)
    files = {DRAFT_FILE: canonical_json(asdict(draft))}
    return _result("PARTIAL", workload, None, branch="route.choose_partial", files=files)


def completed(context: StepContext, draft: Draft) -> NextRun:
    """How an earlier onboarding goes on with what this run was given.

    What was approved there stays approved as far as it is the same: it goes back to the gate that asks for what
    differs, and to the first one when somebody else asks for it now.
    """
    conf = context.json("conf", "conf.json")
    given = dict(_without_nulls({key: value for key, value in conf.items() if key not in ("intent", "resume")}))
    differs = [key for key, _ in changed_leaves(draft.conf, given)]
    same_person = context.run.triggered_by == draft.asked_by
    phase = min(next_phase(draft.approved), phase_of_changes(differs)) if same_person else 1
    return NextRun(conf=given, root_run_id=draft.root_run_id, from_phase=phase)


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {key: _without_nulls(inner) for key, inner in value.items()}
        return {key: inner for key, inner in kept.items() if inner not in (None, {}, [])}
    return value


def next_phase(approved: tuple[str, ...]) -> int:
    """The phase that an onboarding goes on from, in which these gates were passed."""
    passed = ("approve_plan" in approved or "approve_overlap" in approved, "confirm_profile" in approved)
    return 4 if all(passed) else 3 if passed[0] else 1


def _result(
    result: str,
    workload: str,
    deployed: DeployedWorkload | None,
    *,
    branch: str = "",
    files: dict[str, bytes] | None = None,
) -> StepResult:
    version = deployed.version if deployed else ""
    summary = {"workload": workload, "result": result, "version": version}
    return StepResult(files=files or {}, summary=summary, branch=branch)


def _name_for(context: StepContext, conf: Conf) -> str:
    """The workload that a question is about: named, or the only one that fits the words.

    :raises ConfError: none, or several, fit.
    """
    if conf.workload:
        return conf.workload
    text = " ".join(filter(None, (conf.request, conf.question)))
    found = _meant(context, text)
    if len(found) == 1:
        return found[0].workload
    raise ConfError(
        f"intent {conf.intent} does not say which workload",
        where="conf: workload",
        expected="the name of a deployed workload",
        given=", ".join(f"{each.workload} ({each.reason})" for each in found) or "nothing that fits one",
        remedy="name it in `workload`; `onboard status` lists what is deployed",
    )


def _meant(context: StepContext, text: str) -> list[Found]:
    """Deployed workloads that fit the words, as they are now."""
    known = context.deployed.workloads()
    names = {found.workload for found in search(text, described(known))}
    now = context.deployed.with_fresh([], names)
    return search(text, described(now))


def _which_one(context: StepContext, conf: Conf) -> StepResult:
    """Without a source: the deployed workload that is meant, to be chosen by a person."""
    dags = Store(context.settings.dags_uri)
    named = find_deployed(dags, conf.workload) if conf.workload else None
    text = conf.workload or conf.request or ""
    found = search(text, described([named])) if named else _meant(context, text)
    asks = conf.mode is not Mode.ASSUME_DEFAULTS
    may_ask = conf.intent is None and asks
    if asks and not found and conf.intent in (None, Intent.ONBOARD, Intent.RESTART):
        # Discovery asks which source is meant.
        return _result("NOT FOUND", conf.workload or "", None)
    if not found or not may_ask:
        given = "; ".join(f"{each.workload} exists already" for each in found) or "nothing"
        raise ConfError(
            "the source's location is missing",
            where="conf: source.location",
            expected="s3://<bucket>/<key or prefix>, file:///<absolute path> or db://<connection>/<schema>.<table>",
            given=given,
            remedy="for example `source.location: s3://onboarding-landing/sales/`"
            + ("; or say with `intent` what shall be done with the existing workload" if found else ""),
        )
    name_request(context, found[0].workload)
    files = {FOUND_FILE: canonical_json([each.model_dump(mode="json") for each in found])}
    summary = {"workload": found[0].workload, "result": "FOUND" if len(found) == 1 else "SEVERAL", "version": ""}
    return StepResult(files=files, summary=summary, branch="route.choose_found")


def _draft(context: StepContext, conf: Conf, workload: str) -> Draft | None:
    """The newest unfinished onboarding of the same source under the same name, where it is to be thought of.

    :raises ConfError: it is to be completed, and there is none.
    """
    asks = conf.intent is None and conf.mode is not Mode.ASSUME_DEFAULTS
    if context.run.iteration > 1 or not (asks or conf.intent is Intent.COMPLETE):
        return None
    wanted = source_identity(str(conf.source.location), conf.source.filter or "")
    for draft in find_drafts(context.store, workload, context.is_active):
        source = draft.conf.get("source") or {}
        same = source_identity(str(source.get("location")), str(source.get("filter") or "")) == wanted
        if same and draft.root_run_id != context.run.root_run_id:
            return draft
    if conf.intent is Intent.COMPLETE:
        raise ConfError(
            f"there is no unfinished onboarding of `{workload}` from this source",
            where="conf: intent",
            expected="an earlier run that was rejected, failed or killed, with fewer than five rounds",
            given="none",
            remedy="leave `intent` out: the source is onboarded from the start",
        )
    return None


def check_quality(context: StepContext) -> StepResult:
    """The deployed rules of a workload on its source as it is now, in a scratch area that is removed."""
    deployed = _deployed(context)
    dags = Store(context.settings.dags_uri)
    below = dags.below(version_key(deployed.name, deployed.version))
    trial = dry_run(
        {key: below.read(key) for key in below.find()},
        script_order(deployed.name),
        run_date=context.run.date,
        engine="local",
        aws_conn_id=context.settings.aws_conn_id,
    )
    scores = _scores(trial.steps)
    said = trial.blocked.splitlines()[0] if trial.blocked else "both quality gates pass"
    content = {"workload": deployed.name, "version": deployed.version, "blocked": trial.blocked, "scores": scores}
    context.record.write(QUALITY_ENTRY, content)
    reason = f"quality of {deployed.name} as its source is now: {said}" + "".join(
        f"; {zone} {score['score']:.3f} (at least {score['threshold']:.2f})" for zone, score in scores.items()
    )
    return StepResult(
        files={ANSWER_FILE: canonical_json({**content, "steps": trial.steps})},
        summary={"workload": deployed.name},
        outcome="blocked" if trial.blocked else ANSWERED,
        reason=reason,
    )


def _scores(steps: dict[str, dict[str, Any]]) -> dict[str, dict[str, float]]:
    found = {}
    for zone in ("silver", "gold"):
        for table in (steps.get(f"check_{zone}", {}).get("tables") or {}).values():
            if "score" in table:
                found[zone] = {"score": float(table["score"]), "threshold": float(table["threshold"])}
    return found


def query_gold(context: StepContext) -> StepResult:
    """The answer of a workload's Gold to a question: a SELECT, or words that Claude makes one of."""
    deployed, conf = _deployed(context), conf_of(context)
    question = conf.question or conf.request or ""
    query = _query(context, deployed, question)
    answer = ask_gold(without_connection(context.settings.lake_uri), deployed.name, query.sql, query.tables)
    content = {"workload": deployed.name, "question": question, "sql": query.sql, "rows": len(answer.rows)}
    context.record.write(ANSWER_ENTRY, content)
    shown = {**content, "columns": answer.columns, "values": answer.rows}
    return StepResult(
        files={ANSWER_FILE: canonical_json(shown)},
        summary={"workload": deployed.name, "rows": len(answer.rows)},
        outcome=ANSWERED,
        reason=f"{len(answer.rows)} rows of {', '.join(query.tables)}: {query.sql}"[:900],
    )


def _query(context: StepContext, deployed: DeployedWorkload, question: str) -> CheckedQuery:
    where, tables = "conf: question", deployed.gold_tables
    if is_sql(question):
        return check_query(question, tables, where=where)
    claude = claude_of(context)
    why = "nothing" if not question else "words, and there is no connection to Claude"
    if question and claude is not None:
        told = write_query(claude, question, deployed.name, tables, deployed.about)
        if told.result is not None:
            return told.result
        why = f"words that Claude made no query of: {told.why}"
    example = f"SELECT count(*) AS rows FROM {min(tables, default='orders')}"  # noqa: S608
    raise ConfError(
        "the question cannot be asked",
        where=where,
        expected=f"a SELECT over {', '.join(sorted(tables))}",
        given=why,
        remedy=f"for example `question: {example}`",
    )


def _deployed(context: StepContext) -> DeployedWorkload:
    return needed_deployed(Store(context.settings.dags_uri), str(context.inputs["found"].summary["workload"]))
