"""Codes of an authenticator app (RFC 6238, appendix B) and recovery codes."""

from base64 import b32decode
from urllib.parse import parse_qs, urlsplit

import pytest

from staff.second_factor.domain.codes import (
    canonical_code,
    matching_step,
    new_recovery_codes,
    new_secret,
    setup_address,
    shown_recovery_code,
    typed_secret,
)

RFC_SECRET = b"12345678901234567890"


@pytest.mark.parametrize(
    ("at", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_code_of_the_rfc_is_found_at_its_step(at: int, code: str) -> None:
    assert matching_step(RFC_SECRET, code, at=at, after=-1) == at // 30


@pytest.mark.parametrize("late", [-30, 0, 30])
def test_code_half_a_minute_early_or_late_is_found(late: int) -> None:
    assert matching_step(RFC_SECRET, "081804", at=1111111109 + late, after=-1) == 1111111109 // 30


@pytest.mark.parametrize("late", [-61, 61])
def test_code_more_than_a_step_away_is_not_found(late: int) -> None:
    assert matching_step(RFC_SECRET, "081804", at=1111111109 + late, after=-1) is None


def test_code_of_a_step_that_was_used_is_not_found_again() -> None:
    assert matching_step(RFC_SECRET, "081804", at=1111111109, after=1111111109 // 30) is None


@pytest.mark.parametrize("typed", ["", "81804", "0818040", "08180a", "０８１８０４", "-81804", "²81804"])
def test_text_that_is_no_six_digits_is_no_code(typed: str) -> None:
    assert matching_step(RFC_SECRET, typed, at=1111111109, after=-1) is None


def test_secret_is_twenty_random_bytes_typed_in_groups_of_base32() -> None:
    secret = new_secret()
    assert len(secret) == 20
    assert new_secret() != secret
    groups = typed_secret(secret).split(" ")
    assert {len(group) for group in groups} == {4}
    assert b32decode("".join(groups)) == secret


def test_address_of_the_qr_code_names_house_and_account() -> None:
    address = urlsplit(setup_address(RFC_SECRET, username="zhang&san", issuer="质控 平台"))
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert address.path == "/%E8%B4%A8%E6%8E%A7%20%E5%B9%B3%E5%8F%B0:zhang%26san"
    assert parse_qs(address.query) == {
        "secret": ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"],
        "issuer": ["质控 平台"],
    }


def test_recovery_codes_are_ten_and_read_back_however_they_are_typed() -> None:
    codes = new_recovery_codes()
    assert len(set(codes)) == 10
    shown = shown_recovery_code(codes[0])
    assert (len(shown), shown[5]) == (11, "-")
    for typed in (shown, shown.lower(), f" {codes[0]} ", shown.replace("-", " - ")):
        assert canonical_code(typed) == codes[0]


@pytest.mark.parametrize(("typed", "code"), [("１２３ ４５６", "123456"), ("a" * 99, "A" * 50), ("", "")])
def test_code_is_normalised_before_it_is_compared(typed: str, code: str) -> None:
    assert canonical_code(typed) == code
