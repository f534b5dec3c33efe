"""The second factor: an authenticator app's codes (TOTP) and recovery codes for a lost device."""
