"""Full-width letters, digits and signs of ASCII as half-width ones; no other character is changed."""

_HALF = {0xFF01 + i: 0x21 + i for i in range(94)} | {0x3000: " "}


def half_width(text: str) -> str:
    """An identifier as it is meant. NFKC would turn one into another: ①② into 12, A² into A2."""
    return text.translate(_HALF)
