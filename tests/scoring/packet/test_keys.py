"""The key of an installation: made once, replaced by the hospital's, remembered for ever."""

import io
import json
import stat

import pytest
from django.core.management import CommandError, call_command

from scoring.packet import keys
from scoring.packet.actions.files import packet_file
from scoring.packet.actions.keys import current_key, take_key
from scoring.packet.signature import SealError, signer_name
from scoring.packet.verify import verify_packet
from scoring.sheets.queries.signed_records import signed_document
from scoring.verification.queries import answer_for
from tests.exports.sealed import NAME, key_pair, pkcs12_file, seal_key
from tests.scoring.sheets.factories import cast, signed_sheet
from trail.models import Event

pytestmark = pytest.mark.usefixtures("laid_out_once")


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.QC_KEYS_DIR = tmp_path / "keys"
    settings.QC_PACKET_KEY = settings.QC_PACKET_KEY_PASSWORD = ""


def modes(folder) -> dict[str, str]:
    return {path.name: stat.filemode(path.stat().st_mode) for path in sorted(folder.iterdir())}


def test_key_is_made_once_and_read_by_its_owner_alone(tmp_path):
    first = keys.sealing_key("示例市第一人民医院")
    assert keys.sealing_key("别的名称") == first
    assert keys.known_certificates() == {first.fingerprint: "示例市第一人民医院 迎检包系统签章"}
    assert stat.filemode((tmp_path / "keys").stat().st_mode) == "drwx------"
    assert modes(tmp_path / "keys") == {"known": "drwx------", "packet.pem": "-rw-------"}


@pytest.mark.parametrize(
    ("hospital", "named"),
    [
        ("示例市第一人民医院", "示例市第一人民医院"),
        ("首都医科大学附属北京示例医院大兴院区影像中心", "首都医科大学附属北京示例医院大兴院区影像中心"),
        ("示范" * 60, "示范" * 32),  # 64 characters: the limit of a certificate
    ],
)
def test_key_names_its_hospital_whole_though_a_common_name_is_short(hospital, named):
    key = keys.sealing_key(hospital)
    assert keys.key_name(key) == f"{named} 迎检包系统签章"
    assert keys.known_certificates() == {key.fingerprint: f"{named} 迎检包系统签章"}


@pytest.mark.parametrize(
    ("common", "organization", "name"),
    [
        ("甲医院 迎检包系统签章", "甲医院", "甲医院 迎检包系统签章"),
        ("甲医院 迎检包系统签章", "乙医院", "甲医院 迎检包系统签章"),
        ("甲医院 迎检包系统签章", "", "甲医院 迎检包系统签章"),
        ("甲医院 迎检包系统签章", "甲医院放射科", "甲医院 迎检包系统签章"),
        ("甲医院", "甲医院放射科", "甲医院"),
        ("医" * 14 + " 迎检包系统签章", "医" * 20, "医" * 20 + " 迎检包系统签章"),
    ],
)
def test_signer_is_named_by_the_organization_only_where_the_common_name_was_cut(common, organization, name):
    assert signer_name(common, organization) == name


def test_key_imported_replaces_the_own_one_and_both_are_known():
    own = keys.sealing_key("医院")
    taken = keys.import_key(pkcs12_file("secret"), "secret")
    assert taken.fingerprint == seal_key().fingerprint
    assert keys.sealing_key("医院") == taken
    assert set(keys.known_certificates()) == {own.fingerprint, taken.fingerprint}


def test_key_named_by_the_environment_comes_first(settings, tmp_path):
    path = tmp_path / "hospital.p12"
    path.write_bytes(pkcs12_file("secret"))
    settings.QC_PACKET_KEY, settings.QC_PACKET_KEY_PASSWORD = str(path), "secret"
    assert keys.sealing_key("医院").fingerprint == seal_key().fingerprint
    assert keys.known_certificates() == {seal_key().fingerprint: NAME}
    settings.QC_PACKET_KEY = str(tmp_path / "gone.p12")
    with pytest.raises(SealError, match=r"不能读取签章密钥文件“gone\.p12”"):
        keys.sealing_key("医院")


@pytest.mark.parametrize(
    ("content", "password", "words"),
    [
        (lambda: pkcs12_file("secret"), "wrong", "密码不对，或不是PKCS#12格式"),
        (lambda: b"no key", "", "密码不对，或不是PKCS#12格式"),
        (lambda: pkcs12_file("secret", "ed25519"), "secret", "只支持RSA与ECDSA"),
        (lambda: pkcs12_file("secret", "ec", -1), "secret", "到期，请换用有效的证书"),
    ],
)
def test_key_that_does_not_fit_is_refused_and_nothing_changes(content, password, words, tmp_path):
    own = keys.sealing_key("医院")
    with pytest.raises(SealError, match=words):
        keys.import_key(content(), password)
    assert keys.sealing_key("医院") == own


def test_key_file_damaged_says_so(tmp_path):
    keys.sealing_key("医院")
    (tmp_path / "keys" / "packet.pem").write_bytes(b"")
    with pytest.raises(SealError, match="已损坏"):
        keys.sealing_key("医院")


@pytest.mark.django_db
def test_key_that_comes_into_force_is_in_the_trail_once(officer):
    own = current_key(by=officer)
    current_key(by=officer)
    taken = take_key(pkcs12_file("secret"), "secret", by=None)
    told = Event.objects.filter(action="scoring.packet_key").order_by("seq")
    assert [(e.actor_id, e.detail["fingerprint"], e.detail["replaces"]) for e in told] == [
        (officer.pk, own.fingerprint, ""),
        (None, taken.fingerprint, own.fingerprint),
    ]


def test_packet_signed_is_sealed_kept_and_known_here(department):
    people = cast(department)
    sheet = signed_sheet(department, **people)
    content = packet_file(sheet, "pdf", by=people["head"])
    key = current_key(by=None)
    document = signed_document(sheet)
    assert (document.seal.fingerprint, document.schema) == (key.fingerprint, "qcportal-packet/4")
    answer = answer_for(content, redraws_anything=False)
    assert (answer["ok"], answer["records"], answer["problems"]) == (True, "signed", [])
    assert answer["signer"] == {"fingerprint": key.fingerprint, "name": keys.key_name(key)}
    # The seed of the tests' draws is chosen, which is shown and left to the reader.
    assert [c["name"] for c in answer["checks"] if c["ok"] is not True] == ["draws_shown"]
    # The key came into force before the packet's anchor was taken.
    made = Event.objects.get(action="scoring.packet_key")
    assert made.seq <= document.anchor.seq
    assert packet_file(sheet, "pdf", by=people["head"]) == content


def test_packet_sealed_before_a_new_key_still_verifies(department):
    people = cast(department)
    sheet = signed_sheet(department, **people)
    content = packet_file(sheet, "pdf", by=people["head"])
    take_key(pkcs12_file("secret"), "secret", by=None)
    assert answer_for(content, redraws_anything=False)["ok"]


def test_packet_on_a_machine_without_the_key_needs_the_certificate(department, settings, tmp_path):
    people = cast(department)
    content = packet_file(signed_sheet(department, **people), "pdf", by=people["head"])
    known = keys.known_certificates()
    settings.QC_KEYS_DIR = tmp_path / "elsewhere"
    assert not answer_for(content, redraws_anything=False)["ok"]
    assert answer_for(content, redraws_anything=False, certificates=known)["ok"]
    assert [check.name for check in verify_packet(content).checks if check.ok is False] == ["signer"]


@pytest.mark.django_db
def test_command_shows_imports_and_exports_the_key(tmp_path, settings):
    def run(*options):
        out = io.StringIO()
        call_command("packet_key", *options, stdout=out)
        return json.loads(out.getvalue())

    own = run()
    settings.QC_PACKET_KEY_PASSWORD = "secret"
    (tmp_path / "hospital.p12").write_bytes(pkcs12_file("secret"))
    taken = run("--import", str(tmp_path / "hospital.p12"), "--export", str(tmp_path / "seal.pem"))
    _, certificate = key_pair("rsa", 30)
    assert taken == {
        "fingerprint": seal_key().fingerprint,
        "name": NAME,
        "valid_until": f"{certificate.not_valid_after_utc:%Y-%m-%d}",
        "source": "data directory",
        "known": sorted(
            [
                {"fingerprint": own["fingerprint"], "name": own["name"]},
                {"fingerprint": seal_key().fingerprint, "name": NAME},
            ],
            key=lambda found: found["fingerprint"],
        ),
    }
    exported = (tmp_path / "seal.pem").read_bytes()
    assert keys.read_certificate(exported) == (seal_key().certificate, NAME)
    assert b"PRIVATE" not in exported
    with pytest.raises(CommandError, match="无法读取文件"):
        call_command("packet_key", "--import", str(tmp_path / "none.p12"))
