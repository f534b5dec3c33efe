"""The strata of Table B.1 section 2 and the modalities it names (DOMAIN 2, D-22, D-25)."""

FIVE_SYSTEMS = ("nervous", "respiratory", "digestive_urogenital", "skeletal", "circulatory")
OTHER = "other"  # breast, head and neck, obstetrics: in none of the five, may only fill up
SYSTEMS = (*FIVE_SYSTEMS, OTHER)
MODALITIES = ("DR", "CT", "MRI")

SYSTEM_ZH = {
    "nervous": "神经系统",
    "respiratory": "呼吸系统",
    "digestive_urogenital": "消化及泌尿生殖系统",
    "skeletal": "骨骼系统",
    "circulatory": "循环系统",
    OTHER: "其他（五大系统以外）",
}

SAMPLE_SIZE = 10
TARGET_PER_SYSTEM = 2
