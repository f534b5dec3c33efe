"""Setting up, replacing, recovery codes, reset by another person (docs/quality.md T5)."""

import html
import re
from urllib.parse import unquote

import pytest
from django.core.management import call_command
from django.urls import reverse

from staff.second_factor.domain.codes import typed_secret
from staff.second_factor.models import RecoveryCode, SecondFactor
from staff.second_factor.pending import pending_secret
from tests.staff.second_factor.factories import code_of, device_code, enrol
from tests.staff.sign_in.test_lockout import events
from trail.models import Event

pytestmark = pytest.mark.django_db
PAGE = "/second-factor/"


def text(answer) -> str:
    return html.unescape(answer.content.decode())


def test_set_up_shows_qr_and_secret_and_is_confirmed_by_a_code(sign_in, officer):
    client = sign_in(officer)
    page = text(client.get(PAGE))
    secret = pending_secret(client.session)
    assert typed_secret(secret) in page
    picture = re.search(r'src="data:image/svg\+xml[^,]*,([^"]+)"', page)
    assert "<svg" in unquote(picture[1])
    assert "style=" not in unquote(picture[1])
    answer = client.post(PAGE, {"code": code_of(secret)})
    codes = re.findall(r"<code>(\w{5}-\w{5})</code>", text(answer))
    assert len(set(codes)) == 10
    assert events("staff.second_factor_set_up") == [(officer.pk, str(officer.pk), "done")]
    after = text(client.get(PAGE))
    assert "剩余恢复码" in after
    assert not [shown for shown in (typed_secret(secret), *codes) if shown in after]


def test_set_up_reloaded_shows_the_same_secret(sign_in, officer):
    client = sign_in(officer)
    client.get(PAGE)
    first = pending_secret(client.session)
    client.get(PAGE)
    assert pending_secret(client.session) == first


def test_set_up_in_another_session_shows_another_secret(sign_in, officer):
    client = sign_in(officer)
    client.get(PAGE)
    first = pending_secret(client.session)
    client.logout()
    sign_in(officer).get(PAGE)
    assert pending_secret(client.session) not in (None, first)


def test_secret_being_set_up_is_encrypted_in_the_session(sign_in, officer):
    client = sign_in(officer)
    client.get(PAGE)
    typed = typed_secret(pending_secret(client.session)).replace(" ", "")
    assert typed not in str(dict(client.session.items()))


def test_code_without_a_qr_code_shown_before_is_refused_in_words(sign_in, officer):
    answer = sign_in(officer).post(PAGE, {"code": "123456"})
    assert (answer.status_code, "请重新扫描" in text(answer)) == (400, True)


def test_set_up_with_a_wrong_code_changes_nothing_and_says_why(sign_in, officer):
    client = sign_in(officer)
    client.get(PAGE)
    near = {code_of(pending_secret(client.session), steps=steps) for steps in range(-2, 3)}
    answer = client.post(PAGE, {"code": next(code for code in ("000000", "123456") if code not in near)})
    assert answer.status_code == 400
    assert "核对手机时间" in text(answer)
    officer.refresh_from_db()
    assert officer.second_factor_at is None


def test_code_of_the_set_up_does_not_sign_in_again(sign_in, officer):
    client = sign_in(officer)
    client.get(PAGE)
    code = code_of(pending_secret(client.session))
    client.post(PAGE, {"code": code})
    client.logout()
    client.post(reverse("login"), {"username": "officer", "password": "Test-passw0rd"})
    assert client.post(reverse("login_code"), {"code": code}).status_code == 400


def test_database_holds_neither_secret_nor_codes(officer):
    codes = enrol(officer)
    row = SecondFactor.objects.get()
    stored = row.secret + "".join(RecoveryCode.objects.values_list("digest", flat=True))
    assert [code for code in codes if code in stored or code.replace("-", "") in stored] == []
    assert row.secret.startswith("gAAAA")  # Fernet


def test_secrets_codes_and_typed_codes_are_not_in_the_trail(sign_in, officer):
    client = sign_in(officer)
    codes = enrol(officer)
    client.post(reverse("second_factor_remove"))
    told = "".join(str(detail) for detail in Event.objects.values_list("detail", flat=True))
    assert [code for code in codes if code in told] == []


def test_new_recovery_codes_void_the_earlier_ones(sign_in, officer):
    old = enrol(officer)
    client = sign_in(officer)
    new = re.findall(r"<code>(\w{5}-\w{5})</code>", text(client.post(reverse("second_factor_codes"))))
    assert (len(new), set(new) & set(old)) == (10, set())
    assert RecoveryCode.objects.count() == 10
    assert client.get(reverse("home")).status_code == 200


def test_replaced_device_is_void_only_once_the_new_one_is_confirmed(sign_in, officer):
    enrol(officer)
    client = sign_in(officer)
    before = SecondFactor.objects.get().secret
    client.post(reverse("second_factor_replace"))
    assert SecondFactor.objects.get().secret == before
    client.post(PAGE, {"code": code_of(pending_secret(client.session))})
    assert SecondFactor.objects.get().secret != before
    assert pending_secret(client.session) is None


def test_removed_where_it_is_optional_and_refused_where_it_is_required(sign_in, officer, admin, settings):
    settings.QC_SECOND_FACTOR = "privileged"
    for user, message, left in ((officer, "已停用", False), (admin, "不能停用", True)):
        enrol(user)
        client = sign_in(user)
        page = text(client.post(reverse("second_factor_remove"), follow=True))
        user.refresh_from_db()
        assert message in page
        assert (user.second_factor_at is not None) is left


# --- reset -------------------------------------------------------------------------------------------


def reset(client, user):
    return client.post(reverse("staff:second_factor_reset", args=[user.pk]), follow=True)


def test_administrator_resets_another_persons_device_and_its_sessions_end(sign_in, officer, admin):
    enrol(officer)
    answer = reset(sign_in(admin), officer)
    assert "双重验证已重设" in text(answer)
    officer.refresh_from_db()
    assert officer.second_factor_at is None
    assert RecoveryCode.objects.count() == 0
    assert SecondFactor.objects.get().secret == ""
    assert events("staff.second_factor_reset") == [(admin.pk, str(officer.pk), "done")]


def test_administrator_does_not_reset_the_own_device(sign_in, admin):
    enrol(admin)
    answer = reset(sign_in(admin), admin)
    assert "不能重设自己的双重验证" in text(answer)
    admin.refresh_from_db()
    assert admin.second_factor_at is not None
    assert "手机丢失时" not in text(answer)


def test_reset_of_an_account_without_a_device_is_refused_in_words(sign_in, admin, officer):
    assert "无需重设" in text(reset(sign_in(admin), officer))


def test_account_page_offers_the_reset_where_there_is_a_device(sign_in, admin, officer, head):
    enrol(officer)
    client = sign_in(admin)
    pages = [text(client.get(reverse("staff:account_edit", args=[user.pk]))) for user in (officer, head)]
    assert ["重设双重验证" in page for page in pages] == [True, False]


def test_command_resets_the_device_of_the_last_administrator(admin, capsys):
    enrol(admin)
    call_command("reset_second_factor", "admin")
    admin.refresh_from_db()
    assert admin.second_factor_at is None
    assert '"username": "admin"' in capsys.readouterr().out
    assert events("staff.second_factor_reset") == [(None, str(admin.pk), "done")]


def test_device_in_use_still_works_while_another_is_being_set_up(sign_in, officer):
    enrol(officer)
    client = sign_in(officer)
    client.post(reverse("second_factor_replace"))
    client.logout()
    client.post(reverse("login"), {"username": "officer", "password": "Test-passw0rd"})
    assert client.post(reverse("login_code"), {"code": device_code(officer)}).status_code == 302
