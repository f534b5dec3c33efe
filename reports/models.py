"""The tables of this app, listed for Django; code imports them from their subject."""

# ruff: noqa: F401

from reports.archive.models import Report, Revision
from reports.findings.models import CheckRun, CheckToken, Finding, RuleSetting, RuleStanding
from reports.imports.models import CriticalAlert, ImagingRequest, ImportBatch, ImportSource
from reports.outcomes.models import Outcome
