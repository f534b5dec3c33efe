"""What the page of one's own second factor shows."""

from typing import Any

import segno

from staff.accounts.models import User
from staff.second_factor.actions import begin_setup
from staff.second_factor.domain.codes import setup_address, typed_secret
from staff.second_factor.forms import SetUpForm
from staff.second_factor.queries import is_required, recovery_codes_left

ISSUER = "影像质控"  # short: each of its characters is nine in the QR code, twice


def own_page(user: User, *, form: SetUpForm | None = None, replacing: bool = False) -> dict[str, Any]:
    """State of the second factor; the QR code and the form while it is being set up."""
    sets_up = user.second_factor_at is None or replacing or form is not None
    context: dict[str, Any] = {
        "since": user.second_factor_at,
        "required": is_required(user),
        "sets_up": sets_up,
        "form": form or SetUpForm(),
        "codes_left": recovery_codes_left(user) if user.second_factor_at else 0,
    }
    return context | (_new_device(user) if sets_up else {})


def _new_device(user: User) -> dict[str, str]:
    secret = begin_setup(user)
    address = setup_address(secret, username=user.username, issuer=ISSUER)
    # An image of its own: the policy of the page allows data: images and no markup that is not escaped.
    code = segno.make(address, error="m")
    return {"qr": code.svg_data_uri(scale=5, border=4, light="#fff"), "secret": typed_secret(secret)}
