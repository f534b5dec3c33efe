"""The security profile: what 等保三级, 等保二级 or NIST ask of roles (docs/quality.md T7)."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings

ADMINISTRATORS = ("admin", "security_admin", "auditor")


@dataclass(frozen=True)
class SecurityProfile:
    """`apart`: roles one person may not hold together; `dual_control`: two persons grant sensitive ones."""

    code: str
    name: str
    apart: frozenset[frozenset[str]]
    dual_control: bool

    def conflict(self, role: str, held: Iterable[str]) -> str | None:
        """A role among `held` that the same person may not hold beside `role`; None if there is none."""
        return next((other for other in held if frozenset((role, other)) in self.apart), None)


def _pairs(*pairs: tuple[str, str]) -> frozenset[frozenset[str]]:
    return frozenset(frozenset(pair) for pair in pairs)


_PROFILES = {
    "classified3": SecurityProfile(
        "classified3",
        "等保三级",
        _pairs(("admin", "security_admin"), ("admin", "auditor"), ("security_admin", "auditor")),
        dual_control=True,
    ),
    # Level 2 keeps only the audit apart from what is audited.
    "classified2": SecurityProfile(
        "classified2",
        "等保二级",
        _pairs(("admin", "auditor"), ("security_admin", "auditor")),
        dual_control=False,
    ),
    "nist": SecurityProfile("nist", "NIST", frozenset(), dual_control=False),
}


def security_profile() -> SecurityProfile:
    """The profile named by settings.QC_SECURITY_PROFILE."""
    return _PROFILES[settings.QC_SECURITY_PROFILE]
