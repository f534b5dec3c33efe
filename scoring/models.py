"""The tables of this app, listed for Django; code imports them from their subject."""

# ruff: noqa: F401

from scoring.batches.models import PacketJob
from scoring.downloads.models import PacketGrant
from scoring.evidence.models import EvidenceDocument, EvidenceUse
from scoring.packet.models import PacketFile
from scoring.sheets.models import EvidenceNote, RowSetting, Sheet
from scoring.unmasking.models import UnmaskedFile, UnmaskRequest
