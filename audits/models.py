"""The tables of this app, listed for Django; code imports them from their subject."""

# ruff: noqa: F401

from audits.appeals.models import Acknowledgement, Appeal, AppealedFault
from audits.conferences.models import Conference, ConferenceCase, MinutesFile, Participant
from audits.follow_up.models import Feedback, FollowUp, FollowUpScan
from audits.judging.models import Fault, Review
from audits.measures.models import Measure, MeasureEntry
from audits.monthly.models import MonthlyAudit, MonthlyCase, MonthlyFault
from audits.sampling.models import Audit, Case
