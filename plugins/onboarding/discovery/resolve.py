"""Phase 1: close every leaf of the conf that is open, and record each assumption with its reason.

What a person gives is taken as it is.
"""

from __future__ import annotations

from typing import Any

from onboarding.discovery.engine_choice import local_reason
from onboarding.discovery.errors import DiscoveryError
from onboarding.discovery.loosened import regulation_decisions
from onboarding.spec.conf import Conf, Format
from onboarding.spec.expressions import check_predicate
from onboarding.spec.names import column_names, workload_name
from onboarding.spec.plans import Assumption, DiscoveryPlan, SourcePlan
from onboarding.spec.profile import SourceLook
from onboarding.spec.regulations import Controls, controls_of
from shared.pipeline.resources import Resources

_GOLD_FORMATS = {"reporting": "star", "adhoc": "flat", "ml": "flat", "api": "flat", "metrics": "aggregate"}


class _Assumptions:
    """Collects what was filled in."""

    def __init__(self) -> None:
        self.made: list[Assumption] = []

    def take(self, key: str, given: Any, default: Any, reason: str) -> Any:
        """``given``, or the default with its reason on record."""
        if given not in (None, "", []):
            return given
        self.made.append(Assumption(key=key, value="" if default is None else str(default), reason=reason))
        return default


def resolve(conf: Conf, first_look: SourceLook, *, resources: Resources | None = None) -> DiscoveryPlan:
    """The discovery plan of a conf: nothing open, every assumption listed.

    :param first_look: from ``first_look`` of the same conf.
    :param resources: memory of one connection of this worker; measured when absent.
    :raises DiscoveryError: the conf asks for what is not supported (a star without tables, loads that need a watermark
        column without one).
    :raises TooLargeForLocalError: no engine was named, and the source does not fit the embedded one.
    """
    book, controls = _Assumptions(), controls_of(conf.quality.regulations)
    workload = book.take(
        "workload", conf.workload, workload_name(first_look.location), "derived from the last part of the location"
    )
    source = _source(conf, first_look, book)
    use_case, gold_format = _gold(conf, book)
    plan = DiscoveryPlan(
        workload=workload,
        description=book.take(
            "domain.description", conf.domain.description, _description(workload, first_look), "told from the source"
        ),
        owner=book.take("domain.owner", conf.domain.owner, "data-platform", "no owner was given"),
        source=source,
        gold_use_case=use_case,
        gold_format=gold_format,
        silver_threshold=_threshold("silver", conf, controls, book),
        gold_threshold=_threshold("gold", conf, controls, book),
        regulations=list(controls.names),
        regulation_decisions=regulation_decisions(conf, controls),
        engine=_engine(conf, first_look, book, resources),
        bronze_retention_days=_bronze_days(conf, source, controls, book),
        quarantine_retention_days=_quarantine_days(conf, controls, book),
    )
    _zones(conf, book)
    _schedule(conf, book)
    _deployment(conf, book)
    return plan.model_copy(update={"assumptions": sorted(book.made, key=lambda made: made.key)})


def _source(conf: Conf, look: SourceLook, book: _Assumptions) -> SourcePlan:
    told = "the location is one of a database" if look.format is Format.TABLE else "the bytes of the source say so"
    format_ = book.take("source.format", conf.source.format, look.format, told)
    options = conf.source.options
    read = look.read_options
    if look.format.value == "csv":
        book.take("source.options.delimiter", options.delimiter, read.delimiter, "splits the first rows evenly")
        book.take("source.options.header", options.header, read.header, "told from the first rows")
    if look.format not in (Format.PARQUET, Format.TABLE):
        book.take("source.options.encoding", options.encoding, read.encoding, "told from the bytes")
    book.take("source.options.null_values", options.null_values, "(from the data)", "looked for in every value")
    load, reason = "full", "each delivery is taken as a whole snapshot"
    if conf.source.watermark_column:
        load, reason = "watermark", "a watermark column is named"
    load = book.take("source.load", conf.source.load, load, reason)
    return SourcePlan(
        location=look.location,
        format=format_,
        read_options=read,
        filter=_filter(conf, look),
        load=load,
        watermark_column=_watermark_column(conf, look) if load == "watermark" else "",
    )


def _watermark_column(conf: Conf, look: SourceLook) -> str:
    """SQL name of the watermark column, which may be given by its name in the source."""
    given = conf.source.watermark_column
    names = column_names(look.source_columns)
    known = dict(zip([*look.source_columns, *names], [*names, *names], strict=True))
    if given in known:
        return known[given]
    raise DiscoveryError(
        "the watermark column is not one of the source's" if given else "a load by watermark needs its column",
        where="source.watermark_column",
        expected=f"a column whose values grow, of: {', '.join(look.source_columns)}"[:500],
        given=given or "nothing",
        remedy="set source.watermark_column, or source.load to full or new_files",
    )


_THRESHOLDS = {
    "silver": (0.80, "the usual bar for cleaned data"),
    "gold": (0.95, "the usual bar for data that people use"),
}


def _threshold(zone: str, conf: Conf, controls: Controls, book: _Assumptions) -> Any:
    key = f"{zone}_threshold"
    usual, reason = _THRESHOLDS[zone]
    asked = controls.thresholds.get(key)
    if asked is not None and asked.value > usual:
        usual, reason = asked.value, asked.source
    return book.take(f"quality.{key}", getattr(conf.quality, key), usual, reason)


def _quarantine_days(conf: Conf, controls: Controls, book: _Assumptions) -> Any:
    usual, reason = 90, "time to look at rows and send them again"
    asked = controls.days.get("quarantine_days")
    if asked is not None and asked.value < usual:
        usual, reason = int(asked.value), asked.source
    return book.take("retention.quarantine_days", conf.retention.quarantine_days, usual, reason)


def _bronze_days(conf: Conf, source: SourcePlan, controls: Controls, book: _Assumptions) -> int | None:
    usual, reason = None, "Bronze is kept for ever: the way back"
    asked = controls.days.get("bronze_days")
    if asked is not None and "bronze_days" in controls.least_days:
        reason = f"Bronze is kept for ever: at least {asked.value} days are asked for ({asked.source})"
    elif asked is not None and source.load == "full":
        usual, reason = int(asked.value), asked.source
    days: int | None = book.take("retention.bronze_days", conf.retention.bronze_days, usual, reason)
    if days is not None and source.load != "full":
        raise DiscoveryError(
            "Bronze cannot expire: Silver is made of the loads of every date",
            where="retention.bronze_days",
            expected=f"nothing, or source.load: full (given: {source.load}), where only the latest load is needed",
            given=str(days),
            remedy="leave retention.bronze_days empty",
        )
    return days


def _filter(conf: Conf, look: SourceLook) -> str:
    """The filter as we write it: only checked SQL reaches a plan."""
    if not conf.source.filter:
        return ""
    return check_predicate(conf.source.filter, where="source.filter", columns=look.source_columns).sql


def _gold(conf: Conf, book: _Assumptions) -> tuple[Any, Any]:
    gold = conf.destination.gold
    star = any(table.kind in ("fact", "dimension") for table in gold.tables)
    if gold.format == "star" and not star:
        raise DiscoveryError(
            "a star needs its tables: which columns belong to which dimension cannot be told from the data",
            where="destination.gold.tables",
            expected='a fact and its dimensions, as in [{"name": "dim_customer", "kind": "dimension", "grain": '
            '["customer_id"], "columns": ["segment"]}, {"name": "fact_orders", "kind": "fact"}]',
            given=", ".join(table.name for table in gold.tables) or "nothing",
            remedy="declare the tables, or set destination.gold.format to flat or aggregate",
        )
    use_case = book.take(
        "destination.gold.use_case", gold.use_case, "adhoc", "no use was named: one table that answers most questions"
    )
    default = _GOLD_FORMATS[use_case]
    reason = f"the usual form for {use_case}"
    if star:
        default, reason = "star", "a fact or a dimension is declared"
    elif default == "star":
        default, reason = "flat", "reporting would take a star, whose tables have to be declared: one flat table"
    elif any(table.kind == "aggregate" for table in gold.tables):
        default, reason = "aggregate", "an aggregate table is declared"
    return use_case, book.take("destination.gold.format", gold.format, default, reason)


def _engine(conf: Conf, look: SourceLook, book: _Assumptions, resources: Resources | None) -> str:
    given = conf.deployment.engine
    reason = local_reason(conf, look.files, resources=resources)
    if given in ("local", "aws"):
        return str(given)
    book.made.append(Assumption(key="deployment.engine", value="local", reason=reason))
    return "local"


def _zones(conf: Conf, book: _Assumptions) -> None:
    zones = conf.destination.zones
    if zones is not None and set(zones) != {"bronze", "silver", "gold"}:
        raise DiscoveryError(
            "a pipeline writes all three zones",
            where="destination.zones",
            expected="[bronze, silver, gold]",
            given=", ".join(zones),
            remedy="leave destination.zones out; nobody has to read a zone that is written",
        )
    book.take("destination.zones", zones, "bronze, silver, gold", "the medallion layout")


def _schedule(conf: Conf, book: _Assumptions) -> None:
    schedule = conf.schedule
    if not schedule.depends_on:
        book.take("schedule.cron", schedule.cron, "0 2 * * *", "once a day, at night")
    book.take("schedule.timezone", schedule.timezone, "UTC", "no time zone was given")
    book.take("schedule.retries", schedule.retries, 3, "for what passes by itself: throttling, time-outs")
    book.take("schedule.deadline_minutes", schedule.deadline_minutes, 120, "two hours after the start somebody is told")
    book.take("schedule.paused", schedule.paused, False, "it runs from the day it is deployed")


def _deployment(conf: Conf, book: _Assumptions) -> None:
    book.take("deployment.topology", conf.deployment.topology, "single", "catalog and jobs in one account")


def _description(workload: str, look: SourceLook) -> str:
    title = workload.replace("_", " ").capitalize()
    return f"{title}: {len(look.source_columns)} columns from a {look.format.value} source"
