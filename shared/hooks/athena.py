"""Statements on Amazon Athena: run to their end, their rows read, their results removed."""

from __future__ import annotations

from typing import Any

from shared.pipeline import storage
from shared.pipeline.errors import DataOnboardingError

#: A statement that takes longer is stopped (Athena's own limit for queries is 30 minutes).
MOST_SECONDS = 1_800
# Between two looks at a statement that runs.
_LOOK_SECONDS = 2
_MOST_LOOKS = MOST_SECONDS // _LOOK_SECONDS


class AthenaError(DataOnboardingError):
    """Athena refused a statement, or did not finish it in time."""

    code = "athena"


class AthenaQueries:
    """Statements of one purpose.

    Nothing is logged of them: words that a person gave may be in their text.

    :param aws_conn_id: Airflow connection.
    :param workgroup: of Athena.
    :param output_uri: ``s3://`` prefix that results are written below; what is read is removed again.
    :param database: that unqualified names are looked for in.
    """

    def __init__(self, *, aws_conn_id: str, workgroup: str, output_uri: str, database: str) -> None:
        from airflow.providers.amazon.aws.hooks.athena import AthenaHook

        self._hook: Any = AthenaHook(aws_conn_id=aws_conn_id, log_query=False)
        self._workgroup, self._output_uri, self._database = workgroup, output_uri, database
        #: Bytes that Athena read for all statements so far: what it charges for.
        self.scanned_bytes = 0

    def run(self, sql: str) -> None:
        """Run a statement whose rows nobody reads.

        :raises AthenaError: it failed, or was stopped after half an hour.
        """
        self._remove_result(self._ended(sql))

    def rows(self, sql: str) -> list[tuple[str | None, ...]]:
        """The rows of a SELECT: values as text, null as None.

        :raises AthenaError: as :meth:`run`.
        """
        query = self._ended(sql)
        pages = self._hook.get_query_results_paginator(query)
        found = [
            tuple(value.get("VarCharValue") for value in row["Data"])
            for page in pages
            for row in page["ResultSet"]["Rows"]
        ]
        self._remove_result(query)
        # The first row of a SELECT has the names.
        return found[1:]

    def _ended(self, sql: str) -> str:
        context, target = {"Database": self._database}, {"OutputLocation": f"{self._output_uri}/results/"}
        query = str(self._hook.run_query(sql, context, target, workgroup=self._workgroup))
        try:
            state = self._hook.poll_query_status(query, _MOST_LOOKS, _LOOK_SECONDS)
        except BaseException:
            # The task was ended: nobody waits for it any more.
            self._hook.stop_query(query)
            raise
        if state in self._hook.INTERMEDIATE_STATES:
            self._hook.stop_query(query)
        told = self._hook.get_query_info(query)["QueryExecution"]
        self.scanned_bytes += int(told.get("Statistics", {}).get("DataScannedInBytes") or 0)
        if state not in self._hook.SUCCESS_STATES:
            self._remove_result(query)
            raise AthenaError(
                "Athena did not answer",
                where=f"workgroup {self._workgroup}, query {query}",
                expected=f"an end within {MOST_SECONDS // 60} minutes",
                given=f"{state}: {told['Status'].get('StateChangeReason', 'no reason')}"[:500],
                remedy="correct what Athena names and clear the task; without [onboarding] athena_output_uri "
                "the worker measures the source itself",
            )
        return query

    def _remove_result(self, query: str) -> None:
        for suffix in (".csv", ".csv.metadata", "-manifest.csv", ".txt", ".metadata"):
            storage.delete_file(f"{self._output_uri}/results/{query}{suffix}")
