"""The tables of this app, listed for Django; code imports them from their subject."""

# ruff: noqa: F401

from staff.accounts.models import GrantRequest, PasswordRecord, RoleGrant, User
from staff.departments.models import Department, Institution
from staff.form_tokens.models import SentForm
from staff.notices.models import CalendarAddress, NoticeSetting
from staff.register.models import GroupMembership, Member, Qualification, RegisterBatch, SubspecialtyGroup
from staff.retention.models import Purge, RetentionPeriod
from staff.searching.models import StoredSearch
from staff.second_factor.models import RecoveryCode, SecondFactor
from staff.sessions.models import StoredSession
