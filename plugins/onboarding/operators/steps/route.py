"""Group ``route``: is the conf usable, and does this workload exist already?"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from onboarding.operators.step import StepContext, StepResult
from onboarding.spec.conf import Conf, Intent, Mode, Resume
from onboarding.spec.names import workload_name
from onboarding.spec.parse import ConfError, overlay, parse_conf
from onboarding.workspace.chain import handover_entry
from onboarding.workspace.deployed import needed_deployed
from onboarding.workspace.earlier_conf import conf_of_version
from onboarding.workspace.store import Store, canonical_json

# Entry of the record: the deployed version that a run with intent modify started from.
MODIFIES = "modifies"
_ADDRESS = re.compile(r"\b(?:s3|file|db)://[^\s<>\"]+")


def validate_conf(context: StepContext) -> StepResult:
    """The conf as one canonical file; ``workload`` is filled in from the source when absent."""
    conf = parse_conf(context.run.conf)
    asked_by = _asked_by(context, conf)
    if conf.intent is Intent.MODIFY:
        conf = modified_conf(context, conf)
    conf = with_location_of_request(conf)
    location = conf.source.location
    if location is not None:
        check_file_root(location, context.settings.file_roots)
    elif not (conf.workload or conf.request or conf.question or conf.mode is Mode.INTERACTIVE):
        raise ConfError(
            "the source's location is missing",
            where="conf: source.location",
            expected="s3://<bucket>/<key or prefix>, file:///<absolute path> or db://<connection>/<schema>.<table>",
            given="nothing",
            remedy="for example `source.location: s3://onboarding-landing/sales/`",
        )
    # Without a source, what is named may be there already: the next task looks.
    workload = conf.workload or (workload_name(location) if location else "")
    context.record.write(
        "request",
        {
            "triggered_by": asked_by,
            "run_id": context.run.run_id,
            "root_run_id": context.run.root_run_id,
            "workload": workload,
            "conf": conf.model_dump(mode="json", exclude_none=True),
        },
    )
    return StepResult(
        files={"conf.json": canonical_json(conf.model_dump(mode="json"))},
        summary={"workload": workload, "source": location or ""},
    )


def _asked_by(context: StepContext, conf: Conf) -> str:
    """Who asked for the onboarding: of a later run of a chain who triggered the first, or let it be completed last.

    :raises ConfError: somebody wrote by hand what only the system may.
    """
    if conf.resume == Resume():
        return context.run.triggered_by
    if context.run.iteration < 2:
        raise ConfError(
            "`resume` is written by the system only",
            where="conf: resume",
            expected="nothing; a gate's choices lead to the next run of an onboarding",
            given=f"root_run_id {conf.resume.root_run_id}, iteration {conf.resume.iteration}",
            remedy="leave `resume` out",
        )
    handed = context.record.read(handover_entry(context.run.iteration)) or {}
    request = context.record.read("request") or {}
    return str(handed.get("asked_by") or request.get("triggered_by") or "unknown")


def with_location_of_request(conf: Conf) -> Conf:
    """The conf with the one address that its request names, where ``source.location`` is empty.

    :raises ConfError: that address cannot be used.
    """
    found = {address.rstrip(".,;:)!?'\"") for address in _ADDRESS.findall(conf.request or "")}
    if conf.source.location is not None or len(found) != 1:
        return conf
    return overlay(conf.model_dump(mode="json"), {"source": {"location": found.pop()}})


def modified_conf(context: StepContext, given: Conf) -> Conf:
    """The conf of the deployed version, with what a person gave in its place.

    :raises ConfError: which workload is not said, or its conf is not known any more.
    :raises StorageError: it is not deployed.
    """
    if given.workload is None:
        raise ConfError(
            "intent modify does not say which workload",
            where="conf: workload",
            expected="the name of a deployed workload",
            given="nothing",
            remedy="`onboard status` lists what is deployed",
        )
    deployed = needed_deployed(Store(context.settings.dags_uri), given.workload)
    context.record.write(MODIFIES, {"workload": deployed.name, "version": deployed.version})
    earlier = conf_of_version(context.store, deployed.name, deployed.version)
    if earlier is not None:
        # What an earlier request asked for is in its settings already.
        settings = {key: value for key, value in earlier.items() if key != "request"}
        return overlay(settings, given.model_dump(mode="json", exclude_unset=True))
    if given.source.location is None:
        raise ConfError(
            f"the conf that `{deployed.name}` was onboarded with is not in the workspace any more",
            where=f"{context.store.uri}/runs",
            expected=f"the record of the run that deployed version {deployed.version}",
            given="no such record",
            remedy="give the whole conf, with `source.location`",
        )
    return given


def check_file_root(location: str, roots: tuple[str, ...]) -> None:
    """Refuse a ``file://`` source outside the folders that this environment allows.

    :raises ConfError: it lies elsewhere, symbolic links followed.
    """
    parts = urlsplit(location)
    if parts.scheme != "file":
        return
    path = Path(unquote(parts.path)).resolve()
    if not any(path.is_relative_to(Path(root).resolve()) for root in roots):
        raise ConfError(
            "file:// sources may lie below certain folders only",
            where="conf: source.location",
            expected=f"a path below {' or '.join(roots) or '(no folder is allowed)'}",
            given=location,
            remedy="use `onboard run --data`, or add the folder to [onboarding] allowed_file_roots "
            "(locally: ONBOARD_FILE_ROOTS)",
        )


def name_request(context: StepContext, workload: str) -> None:
    """The list of onboardings and `onboard answer` know a run by its workload."""
    request = context.record.read("request") or {}
    context.record.write("request", {**request, "workload": workload})


def conf_of(context: StepContext) -> Conf:
    """The validated conf; after discovery with what a request asked for in it."""
    return context.model("discovery" if "discovery" in context.inputs else "conf", "conf.json", Conf)
