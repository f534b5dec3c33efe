"""Lists to draw from, made the short way."""

from audits.sampling.domain.frozen_list import Entry

FIVE = ("nervous", "respiratory", "digestive_urogenital", "skeletal", "circulatory")
MODALITIES = ("DR", "CT", "MRI")


def entry(
    number: str, system: str = "nervous", modality: str = "CT", patient: str = "", by: str = ""
) -> Entry:
    """One eligible report; a patient and a physician of its own unless given."""
    return Entry(number, system, modality, patient or f"p-{number}", by or f"d-{number}")


def even_list(per_system: int = 4, systems: tuple[str, ...] = FIVE) -> list[Entry]:
    """`per_system` reports in each system, the modalities going round."""
    return [
        entry(f"{system[:3]}{n:02d}", system, MODALITIES[(n + place) % 3])
        for place, system in enumerate(systems)
        for n in range(per_system)
    ]
