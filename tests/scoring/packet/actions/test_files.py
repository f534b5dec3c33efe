"""The files of a packet: asked for together, made where they are gone, stored together or not at all."""

import pytest
from django.core.files.storage import default_storage

from audits.conflicts import RefusedError
from scoring.packet.actions import files
from scoring.packet.models import PacketFile
from tests.scoring.sheets.factories import cast, signed_sheet
from trail.models import Event

KINDS = ("xlsx", "json")


@pytest.fixture
def signed(department):
    return signed_sheet(department, **cast(department), discordant=1)


def test_files_gone_are_made_again_and_no_others(signed, monkeypatch):
    first = files.packet_files(signed, KINDS, by=None)
    default_storage.delete(PacketFile.objects.get(kind="json").file.name)
    real, made = files.made_file, []

    def making(sheet, document, kind, *, by):
        made.append(kind)
        return real(sheet, document, kind, by=by)

    monkeypatch.setattr(files, "made_file", making)
    assert files.packet_files(signed, KINDS, by=None) == first
    assert made == ["json"]


def test_files_of_which_one_is_refused_are_not_stored(signed, monkeypatch):
    real = files.made_file

    def refusing(sheet, document, kind, *, by):
        if kind == "json":
            raise RefusedError("佐证文件缺失。")
        return real(sheet, document, kind, by=by)

    monkeypatch.setattr(files, "made_file", refusing)
    with pytest.raises(RefusedError):
        files.packet_files(signed, KINDS, by=None)
    rendered = Event.objects.filter(action="scoring.packet_rendered")
    assert (PacketFile.objects.count(), rendered.count()) == (0, 0)
