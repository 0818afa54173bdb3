"""``onboard profile``: what it says of real files, what it never says, and how it refuses."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import pytest

import onboarding
from onboarding.cli.profile_command import profile, profile_document
from onboarding.cli.profile_page import html_page, text_page
from onboarding.discovery import looking_at_source
from onboarding.spec.conf import Conf
from onboarding.spec.profile_document import ProfileDocument
from shared.pipeline.errors import SourceError
from shared.pipeline.profile.validators import VALIDATOR_SAMPLE

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = json.loads((ROOT / "docs" / "profile.schema.json").read_text())
ORDERS = Path(onboarding.__file__).parent / "sample_data/sales/orders.csv"
PERSONAL = ("customer_name", "customer_email", "phone")


@pytest.fixture(scope="module")
def orders() -> ProfileDocument:
    return profile_document(str(ORDERS))


def _everything(document: ProfileDocument) -> dict[str, str]:
    as_json = json.dumps(document.model_dump(mode="json"), ensure_ascii=False)
    return {"json": as_json, "html": html_page(document), "text": text_page(document)}


def _onboard(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "onboarding.cli.main", "profile", *arguments]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**inherited, **environment})


def test_the_report_has_all_keys_of_its_schema(orders: ProfileDocument) -> None:
    document = orders.model_dump(mode="json")
    jsonschema.validate(document, SCHEMA)
    assert set(document) == set(SCHEMA["required"])


def test_the_trial_finds_what_the_pipeline_finds(orders: ProfileDocument) -> None:
    """The counts of the finished demo, which its end-to-end test recounts from the files."""
    assert orders.trial is not None
    trial = orders.trial
    assert (trial.rows, trial.duplicates, trial.quarantined, trial.published) == (1530, 30, 39, 1461)
    assert trial.passed
    violating = {rule.id: rule.violating_rows for rule in orders.quality_rules if rule.zone == "silver"}
    assert violating["order_date_parsed"] == 10
    assert violating["amount_parsed"] == 13
    assert violating["key_unique"] == 0


def test_personal_columns_are_listed_as_in_the_report_of_a_run(orders: ProfileDocument) -> None:
    assert [found.column for found in orders.pii] == list(PERSONAL)
    assert set(orders.pii[0].model_dump()) == {"column", "type", "sensitivity", "confidence"}
    assert {column.name: column.masking.value for column in orders.columns if column.is_personal} == {
        "customer_name": "partial", "customer_email": "hash", "phone": "last4",
    }  # fmt: skip


def test_no_value_of_a_personal_column_is_in_any_report(orders: ProfileDocument) -> None:
    with ORDERS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    values = {row[name].strip() for row in rows for name in PERSONAL if len(row[name].strip()) > 4}
    assert len(values) > 900
    for kind, report in _everything(orders).items():
        found = sorted(value for value in values if value in report)
        assert not found, f"{kind}: {found[:3]}"


def test_a_rare_value_is_in_no_report(tmp_path: Path) -> None:
    """Nine rows may be one person's; ten are a category."""
    source = tmp_path / "visits.csv"
    rows = ["open"] * 60 + ["seldom-seen-state"] * 9 + ["closed"] * 31
    source.write_text("ticket,state\n" + "".join(f"T-{n:04d},{state}\n" for n, state in enumerate(rows)))
    document = profile_document(str(source))
    reports = _everything(document)
    assert not [kind for kind, report in reports.items() if "seldom-seen-state" in report]
    assert "closed" in reports["json"]
    assert "closed" in reports["html"]


def test_the_same_file_gives_the_same_bytes(orders: ProfileDocument) -> None:
    assert _everything(profile_document(str(ORDERS))) == _everything(orders)


def test_without_a_trial_no_rule_has_counts() -> None:
    document = profile_document(str(ORDERS), trial=False)
    assert document.trial is None
    assert {rule.violating_rows for rule in document.quality_rules} == {None}
    assert "tried on" not in text_page(document)


LARGE_ROWS = 6 * VALIDATOR_SAMPLE


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``unique_id`` identifies every row; ``batch_id`` repeats in 8 % of them, most of which no sample has."""
    path = tmp_path_factory.mktemp("share") / "large.csv"
    lines = (f"A-{n:07d},{f'B-{n:07d}' if n % 25 else f'B-{n + 1:07d}'},{n % 7}\n" for n in range(LARGE_ROWS))
    path.write_text("unique_id,batch_id,weekday\n" + "".join(lines))
    return path


class TestShareOfTheRows:
    def test_about_that_share_is_measured_and_said(self, large: Path) -> None:
        document = profile_document(str(large), share=0.5, trial=False)
        assert document.rows == LARGE_ROWS
        assert 0.48 < document.profiled_rows / LARGE_ROWS < 0.52
        assert f"{document.profiled_rows:,} of them measured" in text_page(document)

    def test_a_key_is_proved_over_every_row(self, large: Path) -> None:
        document = profile_document(str(large), share=0.2, trial=False)
        keys = {candidate.columns[0]: candidate for candidate in document.key_candidates}
        assert document.primary_key == ["unique_id"]
        assert keys["unique_id"].exact
        assert keys["unique_id"].distinct_count == LARGE_ROWS
        assert "batch_id" not in keys or not keys["batch_id"].exact

    def test_a_value_that_the_share_may_lack_is_among_the_values_all_the_same(self, tmp_path: Path) -> None:
        path = tmp_path / "calls.csv"
        # The sample of the rows before them has none of these twelve.
        lines = (f"{n},{'fax' if n >= LARGE_ROWS - 12 else ('mail', 'phone')[n % 2]}\n" for n in range(LARGE_ROWS))
        path.write_text("call_id,channel\n" + "".join(lines))
        document = profile_document(str(path), share=0.17, trial=False)
        channel = next(column for column in document.columns if column.name == "channel")
        assert channel.distinct_count == 3
        (rule,) = [rule for rule in document.quality_rules if rule.check == "in_set"]
        assert rule.arguments["values"] == ["fax", "mail", "phone"]

    def test_a_key_that_a_person_gave_stays_with_what_every_row_says_of_it(self, large: Path) -> None:
        conf = Conf.model_validate({"source": {"location": large.as_uri()}, "domain": {"primary_key": ["weekday"]}})
        with looking_at_source(conf, share=0.2) as look:
            given = next(found for found in look.report.key_candidates if found.columns == ["weekday"])
        assert (given.exact, given.needs_eyes, given.distinct_count) == (False, True, 7)
        assert f"over every row: 7 different values in {LARGE_ROWS} different rows" in given.reason

    def test_a_small_source_is_measured_whole(self) -> None:
        document = profile_document(str(ORDERS), share=0.01)
        assert document.profiled_rows == document.rows == 1530

    def test_the_trial_is_of_every_row_all_the_same(self, large: Path) -> None:
        document = profile_document(str(large), share=0.2)
        assert document.trial is not None
        assert document.trial.rows == LARGE_ROWS


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.opened.append(tag)
        self.attributes += attrs


def test_the_page_needs_nothing_beside_it_and_what_data_says_is_no_markup(tmp_path: Path) -> None:
    source = tmp_path / "hostile.csv"
    with source.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "<script>alert(1)</script>", '"; DROP TABLE x; --'])
        writer.writerows([f"K-{n:04d}", "<img src=x onerror=alert(1)>", "'; DELETE FROM bronze; --"] for n in range(50))
    document = profile_document(str(source))
    parser = _Tags()
    parser.feed(html_page(document))
    assert not {"script", "img", "link", "iframe", "object", "form"} & set(parser.opened)
    assert not [name for name, _ in parser.attributes if name.startswith("on") or name in ("src", "srcdoc")]
    assert all((value or "").startswith("#") for name, value in parser.attributes if name == "href")
    assert document.trial is not None
    assert document.trial.published == 50


@pytest.mark.parametrize("kind", ["jsonl", "parquet", "folder"])
def test_other_forms_of_the_same_rows(kind: str, tmp_path: Path, orders: ProfileDocument) -> None:
    import duckdb

    target = tmp_path / ("orders" if kind == "folder" else f"orders.{kind}")
    rows = f"read_csv('{ORDERS}', all_varchar = true, nullstr = '')"
    if kind == "folder":
        target.mkdir()
        (target / "a.csv").write_bytes(ORDERS.read_bytes())
    else:
        form = "FORMAT parquet" if kind == "parquet" else "FORMAT json"
        duckdb.execute(f"COPY (SELECT * FROM {rows}) TO '{target}' ({form})")
    document = profile_document(str(target))
    assert [column.type for column in document.columns] == [column.type for column in orders.columns]
    assert document.pii == orders.pii
    assert document.trial is not None
    assert orders.trial is not None
    assert document.trial.published == orders.trial.published


def test_it_writes_both_reports_and_ends_with_zero(tmp_path: Path) -> None:
    as_json, page = tmp_path / "new" / "profile.json", tmp_path / "new" / "profile.html"
    ended = _onboard(str(ORDERS), "--json", str(as_json), "--html", str(page))
    assert ended.returncode == 0, ended.stderr
    assert "primary key: order_id" in ended.stdout
    ProfileDocument.model_validate_json(as_json.read_text())
    assert page.read_text().startswith("<!doctype html>")


def test_airflow_is_not_even_imported() -> None:
    code = (
        "import sys; from onboarding.cli.profile_command import profile_document;"
        f"profile_document({str(ORDERS)!r}); sys.exit('airflow' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("nothing.csv", None, "does not exist"),
        ("empty.csv", b"", "The source is empty"),
        ("page.html", b"<!doctype html><html></html>", "not a table that can be read"),
        ("noise.csv", bytes(range(256)) * 64, "binary"),
    ],
)
def test_what_cannot_be_profiled_is_one_clear_error(
    name: str, content: bytes | None, said: str, tmp_path: Path
) -> None:
    source, report = tmp_path / name, tmp_path / "report.json"
    if content is not None:
        source.write_bytes(content)
    ended = _onboard(str(source), "--json", str(report))
    assert ended.returncode == 1
    assert said in ended.stderr
    assert "what to do:" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not report.exists()


def test_s3_without_credentials_says_what_to_set(tmp_path: Path) -> None:
    nothing = str(tmp_path / "nothing")
    ended = _onboard(
        "s3://landing/orders.csv", ONBOARD_HOME=nothing, HOME=nothing, AWS_EC2_METADATA_DISABLED="true",
        AWS_DEFAULT_REGION="eu-west-1",
    )  # fmt: skip
    assert ended.returncode == 1
    assert "AWS_PROFILE" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_table_of_a_database_is_refused() -> None:
    with pytest.raises(SourceError, match="profiled in Airflow"):
        profile("db://warehouse/public.orders", None, None, None, trial=True)


def test_an_object_of_s3_is_profiled_as_a_file_is(tmp_path: Path, orders: ProfileDocument) -> None:
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        access = {
            "AWS_ENDPOINT_URL": f"http://{host}:{port}", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
        }  # fmt: skip
        s3 = boto3.client(
            "s3", endpoint_url=access["AWS_ENDPOINT_URL"], aws_access_key_id="test", aws_secret_access_key="test",
            region_name="us-east-1",
        )  # fmt: skip
        s3.create_bucket(Bucket="landing")
        s3.put_object(Bucket="landing", Key="orders.csv", Body=ORDERS.read_bytes())
        report = tmp_path / "report.json"
        ended = _onboard("s3://landing/orders.csv", "--json", str(report), **access)
        assert ended.returncode == 0, ended.stderr
        found = ProfileDocument.model_validate_json(report.read_text())
        assert found.columns == orders.columns
        assert found.trial == orders.trial
    finally:
        server.stop()
