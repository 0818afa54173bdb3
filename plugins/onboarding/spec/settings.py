"""Options of the ``[onboarding]`` section of ``airflow.cfg``, each declared once with its documentation."""

from __future__ import annotations

import functools
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation

from shared.pipeline.errors import DataOnboardingError

SECTION = "onboarding"
#: Agents that ask Claude; ``request`` reads a person's free text.
CLAUDE_AGENTS = ("request", "metadata", "transformation", "quality", "dag")


class SettingsError(DataOnboardingError):
    """An option of ``[onboarding]`` is missing or wrong."""

    code = "settings"


@dataclass(frozen=True)
class Option:
    """One option: its default (None: must be set) and what it is for."""

    name: str
    default: str | None
    description: str


OPTIONS: tuple[Option, ...] = (
    Option("workspace_uri", None, "Drafts of workloads and the record of every run; never inside dags_uri."),
    Option("dags_uri", None, "Only what runs: deployed workload directories and their DAG files."),
    Option("lake_uri", None, "bronze, silver, gold, quarantine and _state of every workload."),
    Option("landing_uri", None, "Where `onboard run --data` uploads a local file or folder."),
    Option("aws_conn_id", "aws_default", "Airflow connection for AWS."),
    Option("airflow_api_conn_id", "onboarding_airflow_api", "HTTP connection to Airflow's REST API; empty: none."),
    Option("mwaa_environment", "", "MWAA environment whose REST API is read instead of airflow_api_conn_id."),
    Option("notification_topic_arn", "", "SNS topic for alerts and completion; empty: no notification."),
    Option(
        "notifiers",
        "",
        'Airflow notifiers for the same messages: a JSON list of {"class": ..., "arguments": {...}}; {subject} and '
        "{message} in its texts are replaced.",
    ),
    Option("glue_database_prefix", "onboarding_", "Glue databases are this prefix plus bronze, silver and gold."),
    Option("glue_role_arn", "", "Role of the Glue jobs of pipelines with engine aws."),
    Option(
        "athena_output_uri",
        "",
        "s3:// prefix that Athena writes to while it profiles large sources of engine aws (removed again); empty: the "
        "worker profiles them.",
    ),
    Option("athena_workgroup", "primary", "Athena workgroup of these statements."),
    Option("athena_from_megabytes", "1000", "Sources of engine aws from this size on are profiled by Athena."),
    Option("allowed_file_roots", "", "Comma-separated folders below which file:// sources may lie."),
    Option("gate_timeout_hours", "168", "A gate that nobody answers in this time closes: nothing is deployed."),
    Option("claude_conn_id", "anthropic_default", "Anthropic connection; without such a connection: rules only."),
    Option("claude_agent_models", "", "Model per agent, such as metadata=MODEL,request=MODEL; else the connection's."),
    Option("claude_timeout_seconds", "120", "Longest wait for one answer of Claude, its retries included."),
    Option("claude_deadline_seconds", "600", "Longest time that one onboarding waits for Claude, all calls together."),
    Option("claude_token_budget", "300000", "Tokens of every kind that one onboarding may use."),
    Option("claude_cost_budget_usd", "2.00", "US dollars that one onboarding may spend on Claude, by list prices."),
    Option("mcp_folder", "", "Folder with .mcp.json or .mcp.gateway.json; empty: MCP servers are not looked for."),
    Option("mcp_required", "false", "true: an onboarding asks what to do while a REQUIRED MCP server is down."),
    Option("mcp_deadline_seconds", "20", "Longest wait for one MCP server, its start included."),
    Option("base_url", "", "Address of the Airflow UI for links in cards; empty: api.base_url."),
)


@dataclass(frozen=True)
class Settings:
    """The options as typed values; see :data:`OPTIONS` for what each one is for."""

    workspace_uri: str
    dags_uri: str
    lake_uri: str
    landing_uri: str
    aws_conn_id: str
    airflow_api_conn_id: str
    mwaa_environment: str
    notification_topic_arn: str
    notifiers: str
    glue_database_prefix: str
    glue_role_arn: str
    athena_output_uri: str
    athena_workgroup: str
    athena_from_megabytes: str
    allowed_file_roots: str
    gate_timeout_hours: str
    claude_conn_id: str
    claude_agent_models: str
    claude_timeout_seconds: str
    claude_deadline_seconds: str
    claude_token_budget: str
    claude_cost_budget_usd: str
    mcp_folder: str
    mcp_required: str
    mcp_deadline_seconds: str
    base_url: str

    @property
    def file_roots(self) -> tuple[str, ...]:
        """Folders below which ``file://`` sources may lie; empty when none is allowed."""
        return tuple(root.strip() for root in self.allowed_file_roots.split(",") if root.strip())

    @property
    def claude_models(self) -> dict[str, str]:
        """Agent -> model.

        :raises SettingsError: an entry is not ``agent=model``, or names no agent.
        """
        models: dict[str, str] = {}
        for entry in self.claude_agent_models.split(","):
            agent, _, model = (part.strip() for part in entry.partition("="))
            if not agent and not model:
                continue
            if agent not in CLAUDE_AGENTS or not model:
                raise _wrong("claude_agent_models", f"agent=model of {', '.join(CLAUDE_AGENTS)}", entry.strip())
            models[agent] = model
        return models

    def number(self, name: str) -> Decimal:
        """The value of an option that is a number.

        :raises SettingsError: it is no number, or negative.
        """
        given = str(getattr(self, name))
        try:
            value = Decimal(given)
        except InvalidOperation:
            raise _wrong(name, "a number", given) from None
        if not value.is_finite() or value < 0:
            raise _wrong(name, "a number of at least 0", given)
        return value

    @property
    def athena_prefix(self) -> str:
        """Where Athena writes; empty: it is not asked.

        :raises SettingsError: it is no S3 prefix.
        """
        if self.athena_output_uri and not self.athena_output_uri.startswith("s3://"):
            raise _wrong("athena_output_uri", "an s3:// prefix, or nothing", self.athena_output_uri)
        return self.athena_output_uri

    @property
    def needs_mcp(self) -> bool:
        """Whether somebody is asked while a REQUIRED MCP server is down.

        :raises SettingsError: the option is neither true nor false.
        """
        given = self.mcp_required.strip().lower()
        if given not in ("true", "false"):
            raise _wrong("mcp_required", "true or false", self.mcp_required)
        return given == "true"

    def glue_database(self, zone: str) -> str:
        """Name of the Glue database of a zone."""
        return f"{self.glue_database_prefix}{zone}"


def _wrong(option: str, expected: str, given: str) -> SettingsError:
    return SettingsError(
        f"the option {option} cannot be used",
        where=f"airflow.cfg [{SECTION}] {option}",
        expected=expected,
        given=given or "nothing",
        remedy=f"correct AIRFLOW__{SECTION.upper()}__{option.upper()}, or leave it out",
    )


@functools.cache
def load_settings() -> Settings:
    """Read the options from Airflow's configuration (environment, then ``airflow.cfg``, then the default).

    :raises SettingsError: an option without a default is not set.
    """
    from airflow.configuration import conf

    values: dict[str, str] = {}
    for option in OPTIONS:
        value = conf.get(SECTION, option.name, fallback=option.default)
        if value is None:
            raise SettingsError(
                f"the option {option.name} is not set",
                where=f"airflow.cfg [{SECTION}] {option.name}",
                expected="a URI (file:// or s3://)",
                given="nothing",
                remedy=f"set AIRFLOW__{SECTION.upper()}__{option.name.upper()}; `onboard up` sets it locally",
            )
        values[option.name] = str(value).rstrip("/") if option.name.endswith("_uri") else str(value)
    assert set(values) == {field.name for field in fields(Settings)}
    return Settings(**values)
