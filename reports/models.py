"""The tables of this app, listed for Django; code imports them from their subject."""

# ruff: noqa: F401

from reports.archive.models import Report, ReportCorrection, Revision
from reports.corrections.models import OutcomeCorrection
from reports.findings.models import CheckRun, CheckToken, Finding, RuleSetting, RuleStanding
from reports.imports.models import CriticalAlert, ImagingRequest, ImportBatch, ImportSource, PriorState
from reports.outcomes.models import Outcome
from reports.readings.models import Reading
