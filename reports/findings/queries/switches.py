"""Which rules are switched off in a department and its sources, and which were demoted to notes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from reports.domain.textcheck.finding import Finding, Severity, milder
from reports.findings.models import RuleSetting, RuleStanding
from staff.departments.models import Department


@dataclass(frozen=True)
class Switches:
    """Rules switched off in a department and its sources, and rules demoted to notes."""

    of_department: Mapping[str, bool]
    of_source: Mapping[int, Mapping[str, bool]]
    notes: frozenset[str]

    @classmethod
    def of(cls, department: Department) -> "Switches":
        """Read the switches of a department with two queries."""
        rows = list(
            RuleSetting.objects.filter(department=department).values_list("source_id", "code", "enabled")
        )
        sources: dict[int, dict[str, bool]] = {}
        for source_id, code, enabled in rows:
            if source_id is not None:
                sources.setdefault(source_id, {})[code] = enabled
        demoted = RuleStanding.objects.filter(department=department, demoted_to_note=True)
        return cls(
            {code: enabled for source_id, code, enabled in rows if source_id is None},
            sources,
            frozenset(demoted.values_list("code", flat=True)),
        )

    def off(self, source_id: int | None) -> frozenset[str]:
        """Codes that are not checked in reports of this source; its own setting takes precedence."""
        settings = {**self.of_department, **self.of_source.get(source_id or 0, {})}
        return frozenset(code for code, enabled in settings.items() if not enabled)

    def shown(self, finding: Finding) -> Severity:
        """The severity to show; a demoted rule only gives notes."""
        return milder(finding.severity, "note" if finding.code in self.notes else None)

    def softened(self, finding: Finding) -> Finding:
        """The finding with the severity shown."""
        return replace(finding, severity=self.shown(finding))


def shown_switch(setting: RuleSetting | None) -> dict[str, Any]:
    """Values in the form of a switch; `setting` is None when it was never switched."""
    return {"enabled": setting.enabled, "set_at": setting.set_at} if setting else {}
