"""The settings of the hospital's directory and OpenID provider, as the environment gives them."""

import environ
import pytest

from qcportal.directory import directory_settings, provider_settings


@pytest.fixture
def env(monkeypatch):
    """env(NAME=value, …): the environment, read as the settings file reads it."""

    def _env(**values):
        for name, value in values.items():
            monkeypatch.setenv(name, value)
        return environ.Env()

    return _env


def test_nothing_configured_is_nothing_switched_on(env):
    assert directory_settings(env()) == {}
    assert provider_settings(env()) is None


@pytest.mark.parametrize("url", ["http://dc.hospital.cn", "dc.hospital.cn"])
def test_address_that_is_no_directory_stops_the_start(env, url):
    with pytest.raises(ValueError, match="QC_LDAP_URL"):
        directory_settings(env(QC_LDAP_URL=url))


def test_provider_without_encryption_stops_the_start(env):
    with pytest.raises(ValueError, match="https"):
        provider_settings(env(QC_OIDC_ISSUER="http://sso.hospital.cn", QC_OIDC_CLIENT_ID="qcportal"))


def test_provider_is_read_with_its_defaults(env):
    found = provider_settings(env(QC_OIDC_ISSUER="https://sso.hospital.cn/", QC_OIDC_CLIENT_ID="qcportal"))
    assert found == {
        "issuer": "https://sso.hospital.cn",
        "client_id": "qcportal",
        "client_secret": "",
        "claim": "preferred_username",
        "label": "医院统一身份认证",
    }
