"""What discovery has to ask a person: what the source cannot tell, and the conf leaves open."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from onboarding.discovery.column_concepts import name_sense
from onboarding.discovery.workload_search import Described, search
from onboarding.spec.choices import LOCATION, NO_ENTRY, REGULATIONS, SCHEDULES
from onboarding.spec.conf import Conf, Mode
from onboarding.spec.profile import SourceLook
from shared.pipeline.profile.words import name_words

_KNOWN = ("GDPR", "CCPA", "HIPAA", "SOX", "PCI_DSS")
#: Words of a column that grows with every change of a row, the surest first.
_GROWING = ("updated", "modified", "changed", "update", "inserted", "created", "timestamp", "sequence", "version")
#: Concepts of column names -> the regulation that is about them.
_REGULATED = {
    "HIPAA": ("medical_record", "health", "health_plan", "npi", "admission"),
    "PCI_DSS": ("card_number", "card_code", "card_expiry"),
}
_USES = {
    "adhoc": "questions of all kinds", "reporting": "reports", "ml": "training models", "api": "an API",
    "metrics": "metrics",
}  # fmt: skip
_MOST_PLACES = 200


@dataclass(frozen=True)
class Question:
    """One question.

    :ivar key: key of the conf that the answer is for.
    :ivar default: what is taken when nobody chooses anything else; empty: there is none, and it is asked again.
    :ivar others: value -> what it means, for what may be chosen instead.
    """

    key: str
    asks: str
    evidence: str
    default: str
    cost_of_error: str
    others: dict[str, str]


def open_questions(conf: Conf, look: SourceLook, answered: Collection[str] = ()) -> list[Question]:
    """What has to be asked about a source that was looked at; empty with ``mode: assume_defaults``.

    Without a mode only what has no sensible default is asked. ``mode: interactive`` asks for all that no byte of the
    source tells and that would be a convention of ours otherwise.

    :param answered: keys that a person was asked for before.
    """
    if conf.mode is Mode.ASSUME_DEFAULTS:
        return []
    found = list(_watermark(conf, look))
    if conf.mode is Mode.INTERACTIVE:
        found += [*_load(conf, look), *_regulations(conf, look), *_use(conf), *_schedule(conf), *_owner(conf)]
    return [question for question in found if question.key not in answered]


def location_question(conf: Conf, places: Sequence[str]) -> Question:
    """Which source is meant, when the conf names none.

    :param places: URIs of what lies in the landing zone.
    """
    words = " ".join(filter(None, (conf.workload, conf.request)))
    named = [place for place in places if place in words]
    alike = search(words, [Described(name=place.rstrip("/").rpartition("/")[2], version="", location=place)
                           for place in places])  # fmt: skip
    fits = named or [found.location for found in alike]
    others = [*fits[1:], *(place for place in places if place not in fits)][:_MOST_PLACES]
    return Question(
        key=LOCATION,
        asks="which source is meant",
        evidence=f"{len(places)} in the landing zone, of which {len(fits)} fit what was said: {words}"
        if places
        else "the conf names none, and there is nothing in the landing zone",
        default=fits[0] if fits else "",
        cost_of_error="another source is onboarded",
        others={place: f"the source is {place}" for place in others},
    )


def _watermark(conf: Conf, look: SourceLook) -> Iterator[Question]:
    if conf.source.load != "watermark" or conf.source.watermark_column:
        return
    growing = [name for word in _GROWING for name in look.source_columns if word in name_words(name)]
    default = growing[0] if growing else ""
    yield Question(
        key="source.watermark_column",
        asks="which column grows with every new or changed row",
        evidence=f"by its name {default} does" if default else "no name of a column says so",
        default=default,
        cost_of_error="rows that change are not loaded again",
        others={name: f"{name} grows" for name in look.source_columns if name != default},
    )


def _load(conf: Conf, look: SourceLook) -> Iterator[Question]:
    if conf.source.load or len(look.files) < 2:
        return
    names = [file.uri.rpartition("/")[2] for file in look.files]
    yield Question(
        key="source.load",
        asks="what a new file means",
        evidence=f"{len(names)} files, such as {', '.join(names[-2:])}; their names and rows do not tell",
        default="full",
        cost_of_error="rows are counted twice, or lost with the next delivery",
        others={"new_files": "new files are added to what was loaded before"},
    )


def _regulations(conf: Conf, look: SourceLook) -> Iterator[Question]:
    if conf.quality.regulations:
        return
    hints = {
        regulation: names
        for regulation, concepts in _REGULATED.items()
        if (names := [name for name in look.source_columns if name_sense(name).says(*concepts)])
    }
    said = "; ".join(f"{', '.join(names[:3])} may fall under {regulation}" for regulation, names in hints.items())
    yield Question(
        key=REGULATIONS,
        asks="which regulations apply",
        evidence=said or "no name of a column hints at one",
        default=", ".join(hints) or NO_ENTRY,
        cost_of_error="masks, retention and thresholds that the law asks for are missing",
        others={
            **{", ".join([*hints, name]): f"{name} applies" for name in _KNOWN if name not in hints},
            **({NO_ENTRY: "no regulation applies"} if hints else {}),
        },
    )


def _use(conf: Conf) -> Iterator[Question]:
    if not conf.destination.gold.use_case:
        yield Question(
            key="destination.gold.use_case",
            asks="what Gold is for",
            evidence="nobody said so",
            default="adhoc",
            cost_of_error="tables of another form than their readers need",
            others={use: f"Gold is for {meaning}" for use, meaning in _USES.items() if use != "adhoc"},
        )


def _schedule(conf: Conf) -> Iterator[Question]:
    if not conf.schedule.cron and not conf.schedule.depends_on:
        usual = "0 2 * * *"
        yield Question(
            key="schedule.cron",
            asks="when the pipeline runs",
            evidence="nobody said so; once a day, at night, is usual",
            default=usual,
            cost_of_error="Gold is older than its readers think",
            others={cron: f"runs {label}" for cron, label in SCHEDULES.items() if cron != usual},
        )


def _owner(conf: Conf) -> Iterator[Question]:
    if not conf.domain.owner:
        yield Question(
            key="domain.owner",
            asks="who answers for the data",
            evidence="nobody said so",
            default="data-platform",
            cost_of_error="alerts reach people who cannot help",
            others={},
        )
