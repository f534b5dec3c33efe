"""/metrics: for named addresses and a token only, added up over all processes of the server."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ

from qcportal.watching import readiness, request_counts
from qcportal.watching.models import WatchState
from qcportal.watching.request_counts import Counts, clear_counts, write_counts
from qcportal.watching.states import WORKER, write_state
from trail.anchors import keep_anchor
from trail.chain import record

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_counts(settings, tmp_path, monkeypatch):
    settings.QC_DATA_DIR = tmp_path
    settings.QC_METRICS_FROM = ["127.0.0.0/8"]
    monkeypatch.setattr(request_counts, "_mine", Counts())
    readiness.forget_answer()
    yield
    readiness.forget_answer()


def read(client) -> dict[str, str]:
    """Each sample with its value."""
    text = client.get(reverse("metrics")).content.decode()
    return dict(line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#"))


def test_metrics_are_for_the_addresses_and_the_token_only(client, settings):
    url = reverse("metrics")
    assert client.get(url).status_code == 200
    assert client.get(url, REMOTE_ADDR="10.0.0.1").status_code == 404
    settings.QC_METRICS_FROM = []
    assert client.get(url).status_code == 404
    assert client.get(url, headers={"Authorization": "Bearer "}).status_code == 404
    settings.QC_METRICS_TOKEN = "a-long-token"
    assert client.get(url, headers={"Authorization": "Bearer a-long-token"}).status_code == 200
    assert client.get(url, headers={"Authorization": "Bearer another"}).status_code == 404


def test_requests_are_counted_by_status_and_view_without_paths(client):
    client.get(reverse("healthz"))
    client.get("/reports/123456/")
    client.get("/nowhere/987654/")
    found = read(client)
    assert found['qcportal_requests_total{status="2xx"}'] == "1"
    assert found['qcportal_requests_total{status="3xx"}'] == "1"
    assert found['qcportal_requests_total{status="4xx"}'] == "1"
    assert found['qcportal_request_duration_seconds_count{view="healthz"}'] == "1"
    assert found['qcportal_request_duration_seconds_bucket{view="healthz",le="+Inf"}'] == "1"
    assert not any("123456" in name or "987654" in name for name in found)


def test_buckets_add_up_to_the_count():
    counts = Counts()
    for seconds in (0.01, 0.05, 0.3, 20.0):
        counts.add("home", 200, seconds)
    assert counts.buckets == {"home": [2, 0, 0, 1, 0, 0, 0, 0, 1]}


def test_counts_of_other_processes_are_added_and_removed_at_the_next_start(client, tmp_path):
    client.get(reverse("healthz"))
    write_counts()
    own = next((tmp_path / "metrics").glob("*.json"))
    other = own.with_name(f"{own.stem.rpartition('-')[0]}-0.json")
    other.write_text(own.read_text())
    own.with_name("another-machine-1.json").write_text(json.dumps(json.loads(own.read_text())))
    own.with_name("damaged-2.json").write_text("{")
    assert read(client)['qcportal_request_duration_seconds_count{view="healthz"}'] == "3"
    clear_counts()
    assert sorted(file.name for file in (tmp_path / "metrics").glob("*.json")) == [
        "another-machine-1.json",
        "damaged-2.json",
    ]


def test_state_of_the_installation_is_given(client, settings):
    settings.QC_DISK_FREE_MB = 0
    now = timezone.now()
    OrmQ.objects.create(key="qcportal", payload="", lock=now - timedelta(seconds=1))
    OrmQ.objects.create(key="qcportal", payload="", lock=now + timedelta(hours=1))
    record("staff.lock_out", by=None)
    keep_anchor()
    write_state(WORKER, {})
    WatchState.objects.filter(key=WORKER).update(at=now - timedelta(seconds=90))
    found = read(client)
    assert found['qcportal_jobs{state="queued"}'] == "1"
    assert found['qcportal_jobs{state="running"}'] == "1"
    assert found['qcportal_jobs{state="failed"}'] == "0"
    assert 90 <= float(found["qcportal_worker_heartbeat_age_seconds"]) < 150
    assert found["qcportal_trail_head"] == "2"
    assert float(found["qcportal_trail_anchor_age_seconds"]) < 60
    assert found["qcportal_lock_outs_total"] == "1"
    assert int(found["qcportal_disk_free_bytes"]) > 0
    assert found["qcportal_ready"] == "1"
    assert "qcportal_backup_age_seconds" not in found  # none was made
