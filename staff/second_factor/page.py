"""What the page of one's own second factor shows."""

from typing import Any

import segno

from staff.access.requests import SignedInRequest
from staff.second_factor.domain.codes import setup_address, typed_secret
from staff.second_factor.forms import SetUpForm
from staff.second_factor.pending import begin_setup
from staff.second_factor.queries import is_required, recovery_codes_left

ISSUER = "影像质控"  # short: each of its characters is nine in the QR code, twice


def own_page(
    request: SignedInRequest, *, form: SetUpForm | None = None, replacing: bool = False
) -> dict[str, Any]:
    """State of the second factor; the QR code and the form while it is being set up."""
    user = request.user
    sets_up = user.second_factor_at is None or replacing or form is not None
    context: dict[str, Any] = {
        "since": user.second_factor_at,
        "required": is_required(user),
        "sets_up": sets_up,
        "form": form or SetUpForm(),
        "codes_left": recovery_codes_left(user) if user.second_factor_at else 0,
    }
    return context | (_new_device(request) if sets_up else {})


def _new_device(request: SignedInRequest) -> dict[str, str]:
    secret = begin_setup(request.session)
    address = setup_address(secret, username=request.user.username, issuer=ISSUER)
    # An image of its own: the policy of the page allows data: images and no markup that is not escaped.
    code = segno.make(address, error="m")
    return {"qr": code.svg_data_uri(scale=5, border=4, light="#fff"), "secret": typed_secret(secret)}
