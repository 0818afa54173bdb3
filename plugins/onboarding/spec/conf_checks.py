"""What the schema of the conf cannot say: places, names, expressions, and what this version does not do yet."""

from __future__ import annotations

import difflib
from typing import Any
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from onboarding.spec.cleaning import ArgumentsError, read_arguments
from onboarding.spec.conf import GATE_NAMES, Conf, Format
from onboarding.spec.conf_errors import ConfError
from onboarding.spec.expressions import check_expression, check_predicate
from onboarding.spec.leaves import HARMLESS, VALUES_NOT_OFFERED, conf_leaves
from onboarding.spec.names import RESERVED_PREFIX
from shared.pipeline.database import parse_location
from shared.pipeline.errors import SourceError

_SCHEMES = ("s3", "file", "db")
_CRON_WORDS = ("@hourly", "@daily", "@weekly", "@monthly", "@quarterly", "@yearly")


def check_conf(conf: Conf, where: str) -> None:
    """Everything that can be said of a conf without looking at its source.

    :raises ConfError: with the key, what was expected, what was given and what to do.
    """
    _check_location(conf, where)
    _check_workload(conf, where)
    _check_reviewers(conf, where)
    _check_supported(conf, where)
    _check_table(conf, where)
    _check_watermark(conf, where)
    _check_engine(conf, where)
    _check_schedule(conf, where)
    _check_cleaning(conf, where)
    _check_expressions(conf, where)


def short(value: object) -> str:
    """How a given value is shown in an error."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _check_schedule(conf: Conf, where: str) -> None:
    cron, timezone = conf.schedule.cron, conf.schedule.timezone
    if cron and not _is_cron(cron):
        raise ConfError(
            "the schedule cannot be used",
            where=f"{where}: schedule.cron",
            expected=f"minute, hour, day of month, month, day of week; or one of {', '.join(_CRON_WORDS)}",
            given=short(cron),
            remedy='for example `schedule.cron: "0 2 * * *"` (daily at 02:00); there is no field for seconds or years',
        )
    if timezone and not _is_timezone(timezone):
        raise ConfError(
            "the time zone is not known",
            where=f"{where}: schedule.timezone",
            expected="a name of the IANA time zone database",
            given=short(timezone),
            remedy="for example `schedule.timezone: Europe/Berlin`",
        )


def _is_cron(text: str) -> bool:
    """Five fields: with a sixth, some tools read seconds first and others last."""
    from croniter import croniter  # type: ignore[import-untyped]

    return text in _CRON_WORDS or (len(text.split()) == 5 and croniter.is_valid(text))


def _is_timezone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _check_location(conf: Conf, where: str) -> None:
    location = conf.source.location
    if location is None:
        return
    parts = urlsplit(location)
    problem = ""
    if parts.scheme not in _SCHEMES:
        problem = "unknown scheme"
    elif ".." in parts.path.split("/") or (parts.scheme == "file" and ".." in unquote(parts.path).split("/")):
        problem = "a path that climbs with `..`"
    elif parts.scheme == "s3" and not parts.netloc:
        problem = "no bucket"
    elif parts.scheme == "file" and (parts.netloc or not parts.path.startswith("/")):
        problem = "not an absolute file:/// path"
    elif parts.scheme == "db" and not _is_table(location):
        problem = "no <schema>.<table> of a connection"
    if problem:
        raise ConfError(
            "the source's location cannot be used",
            where=f"{where}: source.location",
            expected="s3://<bucket>/<key or prefix>, file:///<absolute path>, or db://<airflow_conn_id>/<schema>.<table>",
            given=f"{short(location)} ({problem})",
            remedy="give a full URI; `onboard run --data FILE` uploads a local file for you",
        )


def _is_table(location: str) -> bool:
    try:
        parse_location(location)
    except SourceError:
        return False
    return True


def _check_table(conf: Conf, where: str) -> None:
    """What a table of a database is read with, and what only files are."""
    source = conf.source
    database = (source.location or "").startswith("db://")
    if not database and source.format is Format.TABLE:
        raise ConfError(
            "only a table of a database has the format table",
            where=f"{where}: source.format",
            expected="csv, json, jsonl or parquet for files",
            given="table",
            remedy="leave `source.format` out: it is told from the bytes",
        )
    if not database:
        return
    options = source.options
    unfit: list[tuple[str, object, str]] = [
        ("format", source.format, "table" if source.format is not Format.TABLE else ""),
        ("load", source.load, "full or watermark" if source.load == "new_files" else ""),
        *((f"options.{name}", getattr(options, name), "nothing") for name in ("delimiter", "header", "encoding")),
    ]
    for key, value, expected in unfit:
        if value is not None and expected:
            raise ConfError(
                f"`source.{key}` is for files, and the source is a table of a database",
                where=f"{where}: source.{key}",
                expected=expected,
                given=short(str(value)),
                remedy=f"leave `source.{key}` out",
            )


def _check_watermark(conf: Conf, where: str) -> None:
    load, column = conf.source.load, conf.source.watermark_column
    if load in ("full", "new_files") and column:
        what, key, expected, given = "only a load by watermark has a watermark column", "load", "watermark", short(load)
    elif load == "watermark" and not column:
        what, key = "a load by watermark needs its column", "watermark_column"
        expected, given = "a column whose values grow", "nothing"
    else:
        return
    raise ConfError(
        what,
        where=f"{where}: source.{key}",
        expected=expected,
        given=given,
        remedy="for example `source: {load: watermark, watermark_column: updated_at}`",
    )


def _check_engine(conf: Conf, where: str) -> None:
    """What a job of Glue cannot do, or cannot reach."""
    source = conf.source
    if conf.deployment.engine != "aws":
        return
    scheme = urlsplit(source.location or "").scheme
    unfit = (
        ("location", scheme in ("file", "db"), "s3://<bucket>/<key or prefix>", f"{scheme}://"),
        ("load", source.load == "watermark", "full or new_files", "watermark"),
    )
    for key, wrong, expected, given in unfit:
        if wrong:
            raise ConfError(
                f"`source.{key}` does not go with the engine aws",
                where=f"{where}: source.{key}",
                expected=expected,
                given=short(given),
                remedy="set `deployment.engine` to local",
            )


def _check_workload(conf: Conf, where: str) -> None:
    if conf.workload and conf.workload.startswith(RESERVED_PREFIX):
        raise ConfError(
            f"workload names that start with `{RESERVED_PREFIX}` are reserved for the system's own DAGs",
            where=f"{where}: workload",
            expected="a lower-case name of letters, digits and underscores, 3 to 63 characters",
            given=f"`{conf.workload}`",
            remedy=f"for example `workload: {conf.workload.removeprefix(RESERVED_PREFIX) or 'orders'}`",
        )


def _check_reviewers(conf: Conf, where: str) -> None:
    for gate in conf.reviewers:
        if gate not in GATE_NAMES:
            close = difflib.get_close_matches(gate, GATE_NAMES, n=1)
            raise ConfError(
                f"there is no gate `{gate}`",
                where=f"{where}: reviewers.{gate}",
                expected=f"one of: {', '.join(GATE_NAMES)}",
                given=f"`{gate}`",
                remedy=f"did you mean `{close[0]}`?" if close else "use a gate's name",
            )


def _check_supported(conf: Conf, where: str) -> None:
    """Refuse what this version cannot do yet, rather than accept it and do nothing."""
    content = conf.model_dump(mode="json")
    for leaf in conf_leaves():
        given: Any = content
        for part in leaf.key.split("."):
            given = given[part]
        hidden = VALUES_NOT_OFFERED.get(leaf.key, frozenset())
        if given in (None, [], {}) or (leaf.offered and (not isinstance(given, str) or given not in hidden)):
            continue
        harmless = HARMLESS.get(leaf.key)
        if harmless is None or given != harmless:
            raise _unsupported(leaf.key, given, ", ".join(leaf.values()) if leaf.offered else harmless, where)


def _unsupported(key: str, given: object, supported: object, where: str) -> ConfError:
    return ConfError(
        f"`{key}` asks for something that this version does not do yet",
        where=f"{where}: {key}",
        expected=str(supported) if supported is not None else "nothing",
        given=short(given),
        remedy=f"leave `{key}` out",
    )


def _check_cleaning(conf: Conf, where: str) -> None:
    """The arguments of every cleaning operation."""
    for number, step in enumerate(conf.transformations.cleaning):
        key = f"transformations.cleaning[{number}]"
        try:
            read_arguments(step.op, step.arguments)
        except ArgumentsError as error:
            raise ConfError(
                f"the cleaning operation on `{step.column}` cannot be used: {error}",
                where=f"{where}: {key}.{error.key}" if error.key else f"{where}: {key}",
                expected=error.expected,
                given=error.given,
                remedy=error.remedy.replace("<column>", step.column),
            ) from None


def _check_expressions(conf: Conf, where: str) -> None:
    """Every SQL text of the conf, against the allow-list."""
    transformations = conf.transformations
    expressions = [
        *(
            (f"transformations.derived[{n}].expression", item.expression)
            for n, item in enumerate(transformations.derived)
        ),
        *((f"domain.measures.{name}.expression", measure.expression) for name, measure in conf.domain.measures.items()),
    ]
    predicates = [
        ("source.filter", conf.source.filter),
        *((f"transformations.filters[{n}]", text) for n, text in enumerate(transformations.filters)),
        *(
            (f"quality.rules[{n}].args.expression", rule.args.get("expression"))
            for n, rule in enumerate(conf.quality.rules)
            if rule.check == "expression"
        ),
    ]
    for key, text in expressions:
        if text:
            check_expression(text, where=f"{where}: {key}")
    for key, text in predicates:
        if text:
            check_predicate(str(text), where=f"{where}: {key}")
