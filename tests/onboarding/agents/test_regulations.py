"""What regulations change in the plans, and what they leave to the person who decided otherwise."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from onboarding.agents import AgentContext, DagAgent, propose_all
from onboarding.codegen import render
from onboarding.codegen.schema import silver_columns
from onboarding.discovery import look_at_source, resolve
from onboarding.spec.conf import Conf, Masking
from onboarding.spec.parse import parse_conf
from onboarding.spec.plans import WorkloadPlan
from shared.pipeline.profile.checksums import is_card

EVERYTHING = ["GDPR", "CCPA", "HIPAA", "SOX", "PCI_DSS"]


def _card(chance: random.Random) -> str:
    start = "4" + "".join(chance.choice("0123456789") for _ in range(14))
    return next(start + digit for digit in "0123456789" if is_card(start + digit))


@pytest.fixture(scope="module")
def payments(tmp_path_factory: pytest.TempPathFactory) -> Path:
    chance = random.Random(11)
    lines = ["payment_id,card_number,cvv,email,birth_date,amount"]
    for n in range(400):
        amount = "" if n == 7 else f"{chance.uniform(5, 900):.2f}"
        born = f"19{chance.randint(40, 99)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
        lines.append(f"P-{n:05d},{_card(chance)},{chance.randint(100, 999)},person{n}@mail.example,{born},{amount}")
    path = tmp_path_factory.mktemp("payments") / "payments.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _planned(path: Path, regulations: list[str], **conf: Any) -> AgentContext:
    given = parse_conf({"source.location": path.as_uri(), "quality.regulations": regulations, **conf})
    profile = look_at_source(given)
    return propose_all(AgentContext(conf=given, discovery=resolve(given, profile.look()), profile=profile))


def test_without_a_regulation_the_defaults_stand(payments: Path) -> None:
    known = _planned(payments, [])
    discovery = known.need_discovery()
    assert (discovery.silver_threshold, discovery.gold_threshold, discovery.bronze_retention_days) == (0.8, 0.95, None)
    assert known.need_transformation().masking["card_number"] is Masking.LAST4
    assert not known.need_transformation().row_hash


def test_a_card_number_becomes_a_keyed_hash_and_its_code_never_reaches_bronze(payments: Path) -> None:
    known = _planned(payments, ["PCI_DSS"])
    masking = known.need_transformation().masking
    assert (masking["card_number"], masking["cvv"]) == (Masking.HASH, Masking.DROP)
    assert known.need_metadata().dropped_columns == ["cvv"]
    reason = next(
        made.reason for made in known.need_transformation().decisions if made.subject == "masking.card_number"
    )
    assert "PCI_DSS 3.5.1.1" in reason


def test_sox_raises_the_bar_keeps_bronze_and_asks_for_every_amount(payments: Path) -> None:
    known = _planned(payments, ["SOX"])
    discovery, quality = known.need_discovery(), known.need_quality()
    assert (quality.silver_threshold, quality.gold_threshold) == (0.95, 0.99)
    assert discovery.bronze_retention_days is None
    rule = next(rule for rule in quality.rules if rule.id == "amount_not_null")
    assert (rule.severity, rule.on_fail) == ("critical", "quarantine")
    assert rule.reason.startswith("SOX Sec. 404")
    columns = silver_columns(known.need_metadata(), known.need_transformation())
    assert columns[0].name == "row_hash"


def test_what_is_kept_expires(payments: Path) -> None:
    discovery = _planned(payments, ["GDPR"]).need_discovery()
    assert (discovery.bronze_retention_days, discovery.quarantine_retention_days) == (365, 30)
    made = {assumption.key: assumption.reason for assumption in discovery.assumptions}
    assert "Art. 5(1)(e)" in made["retention.quarantine_days"]


def test_bronze_of_an_incremental_load_stays_and_a_person_is_told(payments: Path) -> None:
    discovery = _planned(payments, ["GDPR"], **{"source.load": "new_files"}).need_discovery()
    assert discovery.bronze_retention_days is None
    assert [found.subject for found in discovery.regulation_decisions] == ["retention.bronze_days"]


def test_what_a_person_gives_stays_and_is_told(payments: Path) -> None:
    given = {
        "transformations.masking": {"card_number": "last4", "cvv": "keep"},
        "quality.silver_threshold": 0.9,
        "retention.quarantine_days": 400,
    }
    known = _planned(payments, ["SOX", "PCI_DSS"], **given)
    masking, discovery = known.need_transformation().masking, known.need_discovery()
    assert (masking["card_number"], masking["cvv"]) == (Masking.LAST4, Masking.KEEP)
    assert (discovery.silver_threshold, discovery.quarantine_retention_days) == (0.9, 400)
    told = [*discovery.regulation_decisions, *known.need_transformation().decisions]
    subjects = {made.subject for made in told if made.needs_eyes and made.cost_of_error == "a regulation is not kept"}
    assert subjects == {
        "masking.card_number", "masking.cvv", "quality.silver_threshold", "retention.quarantine_days",
    }  # fmt: skip


def test_what_a_person_gives_beyond_it_is_no_finding(payments: Path) -> None:
    given = {"transformations.masking": {"card_number": "redact"}, "quality.silver_threshold": 0.97}
    known = _planned(payments, ["SOX", "PCI_DSS"], **given)
    assert known.need_discovery().regulation_decisions == []
    assert not [
        made for made in known.need_transformation().decisions if made.cost_of_error == "a regulation is not kept"
    ]


def test_conflicts_are_listed_for_the_approver(payments: Path) -> None:
    decisions = _planned(payments, EVERYTHING).need_discovery().regulation_decisions
    conflicts = [made.reason for made in decisions if made.subject.startswith("regulations.conflict.")]
    assert any(text.startswith("EMAIL: redact (HIPAA") for text in conflicts)
    assert any(text.startswith("bronze days: at least 2555 (SOX") for text in conflicts)


def test_the_workload_with_all_of_them_is_rendered_and_names_them(payments: Path) -> None:
    known = _planned(payments, EVERYTHING)
    plan = WorkloadPlan(
        discovery=known.need_discovery(),
        metadata=known.need_metadata(),
        transformation=known.need_transformation(),
        quality=known.need_quality(),
        dag=DagAgent().propose(known),
    )
    files = render(plan, known.need_profile())
    assert b"GDPR, CCPA, HIPAA, SOX, PCI_DSS" in files["README.md"]
    assert b"quarantine: 30" in files["config/deployment.yaml"]
    assert b"row_hash" in files["sql/silver/transform_silver.duckdb.sql"]
    assert b"row_hash" in files["sql/silver/transform_silver.sql"]


def test_an_unknown_regulation_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(Exception, match="regulations") as refused:
        parse_conf({"source.location": "s3://landing/x/", "quality.regulations": ["LGPD"]})
    assert "PCI_DSS" in str(refused.value)


def test_the_conf_model_has_them_by_default_empty() -> None:
    assert Conf().quality.regulations == []
