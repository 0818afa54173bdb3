"""Read-only questions about an AWS account: what is there, what is not, and what may not be seen."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal

#: ``NO PERMISSION``: whether it is there cannot be seen; ``NO ANSWER``: the service did not say.
Status = Literal["FOUND", "NOT FOUND", "NO PERMISSION", "NO ANSWER"]

#: Pages of permissions that are looked through.
_MOST_PAGES = 20
_DENIED = {"AccessDenied", "AccessDeniedException", "AuthorizationError", "AuthorizationErrorException", "403"}
_MISSING = {
    "EntityNotFoundException", "NoSuchEntity", "NotFound", "NotFoundException", "ResourceNotFoundException", "404",
}  # fmt: skip


@dataclass(frozen=True)
class Look:
    """What a look at one resource said.

    :ivar detail: why it was not found, in a line; empty when it was.
    """

    status: Status
    detail: str = ""


class AwsAccount:
    """The account behind an Airflow connection.

    Every method returns; what a service refuses is in the :class:`Look`. Nothing is created or changed.

    :param aws_conn_id: the connection.
    """

    def __init__(self, aws_conn_id: str) -> None:
        self._aws_conn_id = aws_conn_id

    def glue_databases(self, names: Collection[str]) -> dict[str, Look]:
        """Each of the Glue databases of these names."""
        return self._listed("glue", "get_databases", "DatabaseList", "Name", names)

    def key_aliases(self, names: Collection[str]) -> dict[str, Look]:
        """Each of the KMS keys with these aliases."""
        return self._listed("kms", "list_aliases", "Aliases", "AliasName", names)

    def lf_tags(self, names: Collection[str]) -> dict[str, Look]:
        """Each of the LF-tags with these keys."""
        return self._listed("lakeformation", "list_lf_tags", "LFTags", "TagKey", names)

    def tag_grants(self) -> Look:
        """Whether anybody was granted anything by LF-tags."""
        token: dict[str, str] = {}
        for _ in range(_MOST_PAGES):
            page = self._asked("lakeformation", "list_permissions", **token)
            if isinstance(page, Look):
                return page
            if any("LFTagPolicy" in grant["Resource"] for grant in page["PrincipalResourcePermissions"]):
                return Look("FOUND")
            if not page.get("NextToken"):
                return Look("NOT FOUND", "no permission is granted by LF-tags")
            token = {"NextToken": str(page["NextToken"])}
        return Look("NOT FOUND", f"none among the first {_MOST_PAGES} pages of permissions")

    def role(self, arn: str) -> Look:
        """The IAM role of this ARN."""
        return self._one("iam", "get_role", RoleName=arn.rpartition("/")[2])

    def topic(self, arn: str) -> Look:
        """The SNS topic of this ARN."""
        return self._one("sns", "get_topic_attributes", TopicArn=arn)

    def workgroup(self, name: str) -> Look:
        """The Athena workgroup of this name."""
        return self._one("athena", "get_work_group", WorkGroup=name)

    def mwaa(self, name: str) -> Look:
        """The MWAA environment of this name."""
        return self._one("mwaa", "get_environment", Name=name)

    def _one(self, service: str, operation: str, **arguments: Any) -> Look:
        found = self._asked(service, operation, **arguments)
        return found if isinstance(found, Look) else Look("FOUND")

    def _listed(
        self, service: str, operation: str, items: str, name_key: str, names: Collection[str]
    ) -> dict[str, Look]:
        present: set[str] = set()
        token: dict[str, Any] = {}
        while True:
            page = self._asked(service, operation, **token)
            if isinstance(page, Look):
                return dict.fromkeys(names, page)
            present |= {str(item[name_key]) for item in page[items]}
            following = page.get("NextToken") or page.get("NextMarker")
            if not following:
                break
            token = {"Marker" if "NextMarker" in page else "NextToken": following}
        missing = Look("NOT FOUND", f"not among {len(present)} of {service}")
        return {name: Look("FOUND") if name in present else missing for name in names}

    def _asked(self, service: str, operation: str, **arguments: Any) -> Any:
        """The answer, or the :class:`Look` that says why there is none."""
        from airflow.providers.amazon.aws.hooks.base_aws import AwsGenericHook
        from airflow.sdk.exceptions import AirflowException
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError, ClientError

        # A look, not a step that has to get through: who does not answer soon has not answered.
        patience = Config(connect_timeout=5, read_timeout=15, retries={"max_attempts": 2})
        try:
            hook: Any = AwsGenericHook(aws_conn_id=self._aws_conn_id, client_type=service, config=patience)
            return getattr(hook.conn, operation)(**arguments)
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            status: Status = "NO PERMISSION" if code in _DENIED else "NOT FOUND" if code in _MISSING else "NO ANSWER"
            return Look(status, f"{code}: {error.response.get('Error', {}).get('Message', '')}"[:300])
        except (AirflowException, BotoCoreError) as error:
            return Look("NO ANSWER", f"{type(error).__name__}: {error}"[:300])
