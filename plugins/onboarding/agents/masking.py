"""How each kind of personal data is masked by default, and what a person said instead.

The default keeps what people still need of a value, and never less protection than its sensitivity asks for.
"""

from __future__ import annotations

from onboarding.agents.base import AgentContext
from onboarding.spec.conf import Masking
from onboarding.spec.plans import ColumnPlan, Decision, MetadataPlan, ReusedDecision
from onboarding.spec.regulations import STRICTNESS, Controls, controls_of, stricter

#: Kind of personal data -> default masking. Keyed hashes can still be joined and counted; ``last4`` is what support
#: needs of a number; ``year`` keeps age groups; ``partial`` keeps the first letter (of a diagnosis code its chapter).
#: Quasi-identifiers of sensitivity LOW, and the public number of a bank, stay readable: hiding them takes groups by
#: place from everybody and hides nobody. The code on a card's back may not be stored after authorisation (PCI DSS 3.3).
DEFAULT_MASKING: dict[str, Masking] = {
    "EMAIL": Masking.HASH,
    "PHONE": Masking.LAST4,
    "PERSON_NAME": Masking.PARTIAL,
    "US_SSN": Masking.HASH,
    "CREDIT_CARD": Masking.LAST4,
    "IBAN": Masking.LAST4,
    "BANK_ACCOUNT": Masking.LAST4,
    "PASSPORT": Masking.HASH,
    "NATIONAL_ID": Masking.HASH,
    "DRIVER_LICENSE": Masking.HASH,
    "MEDICAL_RECORD": Masking.HASH,
    "BIRTH_DATE": Masking.YEAR,
    "IP_ADDRESS": Masking.PARTIAL,
    "STREET_ADDRESS": Masking.REDACT,
    "BANK_ROUTING": Masking.KEEP,
    "CARD_EXPIRY": Masking.REDACT,
    "CVV": Masking.DROP,
    "MAC_ADDRESS": Masking.HASH,
    "DEVICE_ID": Masking.HASH,
    "USERNAME": Masking.HASH,
    "URL": Masking.HASH,
    "GEOLOCATION": Masking.REDACT,
    "ETHNICITY": Masking.REDACT,
    "RELIGION": Masking.REDACT,
    "HEALTH": Masking.REDACT,
    "ICD10": Masking.PARTIAL,
    "NPI": Masking.HASH,
    "HEALTH_PLAN_ID": Masking.HASH,
    "ADMISSION_DATE": Masking.YEAR,
    "CITY": Masking.KEEP,
    "STATE": Masking.KEEP,
    "POSTAL_CODE": Masking.KEEP,
    "GENDER": Masking.KEEP,
}
#: For a kind that a person named and that is not in the table.
UNKNOWN_KIND_MASKING = Masking.HASH
#: Masks that keep a part of a value; of a longer text around it they would keep another part.
_PARTS_OF_A_VALUE = (Masking.LAST4, Masking.PARTIAL, Masking.EMAIL, Masking.YEAR)
_TEMPORAL = ("date", "timestamp")


def usual_masking(
    column: ColumnPlan, controls: Controls, elsewhere: ReusedDecision | None = None
) -> tuple[Masking, str]:
    """The masking of a column that nobody decided about, and why: the default, or what is asked beyond it.

    :param controls: what regulations ask for.
    :param elsewhere: how people mask a column of this name in another workload; taken where it is stricter.
    """
    personal = column.personal_data
    # Of a JSON text the strictest mask of all that is inside: a card's code goes although its number may stay masked.
    found = [_of_kind(kind, controls) for kind in dict.fromkeys([personal.type, *personal.inside.values()])]
    chosen, reason = max(found, key=lambda mask: STRICTNESS.index(mask[0]))
    if elsewhere is not None and stricter(chosen, Masking(elsewhere.value)) is not chosen:
        chosen, reason = Masking(elsewhere.value), f"so people decided in the workload {elsewhere.workload}"
    if column.personal_data.inside and chosen in _PARTS_OF_A_VALUE:
        return Masking.HASH, f"{reason}; but it is inside a JSON text, of which parts cannot be kept"
    if chosen is Masking.YEAR and column.type.value not in _TEMPORAL:
        return Masking.REDACT, f"{reason}; but its values are no dates whose year could be kept"
    return chosen, reason


def _of_kind(kind: str, controls: Controls) -> tuple[Masking, str]:
    chosen, reason = DEFAULT_MASKING.get(kind, UNKNOWN_KIND_MASKING), f"the default for {kind}"
    asked = controls.masks.get(kind)
    if asked is not None and stricter(chosen, asked[0]) is asked[0]:
        return asked[0], f"{kind}: {asked[1]}"
    return chosen, reason


def plan_masking(context: AgentContext, metadata: MetadataPlan) -> tuple[dict[str, Masking], list[Decision]]:
    """Column -> masking, for every column that is masked or that a person decided about, and the decisions."""
    given = {
        context.column_name(name, "transformations.masking"): masking
        for name, masking in context.conf.transformations.masking.items()
    }
    controls = controls_of(context.need_discovery().regulations)
    masking: dict[str, Masking] = {}
    decisions: list[Decision] = []
    for column in metadata.columns:
        if column.name in given:
            masking[column.name] = given[column.name]
            in_key = column.name in metadata.primary_key
            decisions.append(_given(column, given[column.name], controls, in_key=in_key))
        elif column.personal_data.type != "NONE":
            elsewhere = context.reused_mask(column.name)
            chosen, reason = _default(column, controls, elsewhere, in_key=column.name in metadata.primary_key)
            masking[column.name] = chosen
            decisions.append(_chosen(column, chosen, reason))
    return masking, decisions


def _default(
    column: ColumnPlan, controls: Controls, elsewhere: ReusedDecision | None, *, in_key: bool
) -> tuple[Masking, str]:
    chosen, reason = usual_masking(column, controls, elsewhere)
    if in_key:
        return Masking.HASH, f"{column.personal_data.type} in the key: a keyed hash stays unique"
    return chosen, reason


def _given(column: ColumnPlan, masking: Masking, controls: Controls, *, in_key: bool) -> Decision:
    kind = column.personal_data
    exposed = masking is Masking.KEEP and kind.type != "NONE"
    asked = controls.masks.get(kind.type)
    loosened = asked is not None and stricter(masking, asked[0]) is not masking
    merged = in_key and masking not in (Masking.HASH, Masking.KEEP)
    reason = "given"
    if exposed:
        reason = f"given; {kind.type} of sensitivity {kind.sensitivity} stays readable"
    if merged:
        reason = "given; different keys may look the same after it"
    if loosened and asked is not None:
        reason = f"given; less than {asked[0].value}, which is asked for: {asked[1]}"
    return Decision(
        subject=f"masking.{column.name}",
        value=masking.value,
        reason=reason,
        source="human",
        needs_eyes=merged or loosened,
        cost_of_error="a regulation is not kept" if loosened else "personal values stay readable" if exposed else "",
    )


def _chosen(column: ColumnPlan, masking: Masking, reason: str) -> Decision:
    return Decision(
        subject=f"masking.{column.name}",
        value=masking.value,
        reason=reason,
        alternatives=[other.value for other in (Masking.DROP, Masking.REDACT, Masking.KEEP) if other is not masking],
        cost_of_error="what narrows down a person stays readable"
        if masking is Masking.KEEP
        else "values that people need are gone from Silver on",
    )
