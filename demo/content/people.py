"""Invented people: staff carry 演 in their names and patients 示, so that nobody takes them for real ones."""

from collections.abc import Iterator

from demo.content.dice import Dice
from demo.content.values import Person

INSTITUTION = "演示市中心医院"
FOLLOW_UP_CLERKS = ("随访员田演丰", "随访员卢演萍")
_REPORTING = [
    "周演清",
    "林演秋",
    "郑演博",
    "何演宁",
    "冯演岚",
    "曹演远",
    "彭演书",
    "蒋演和",
    "蔡演晴",
    "魏演舟",
]
_REVIEWING = ["沈演之", "顾演庭", "贺演章", "龚演华", "汤演明"]
_TECHNOLOGISTS = (
    ("石演东", ("CT",)),
    ("孟演琪", ("CT",)),
    ("秦演帆", ("CT", "DR")),
    ("江演涛", ("MRI",)),
    ("史演菲", ("MRI",)),
    ("侯演军", ("DR",)),
    ("邵演悦", ("DR",)),
    ("龙演辉", ("CT", "MRI")),
)
_SURNAMES = "赵钱孙李吴王陈卫韩杨朱许吕施张孔严华金陶姜戚谢邹柏窦章苏潘范鲁韦马方任袁柳鲍唐费廉岑薛雷倪"
_GIVEN = "安宁平和清明远志文武德仁义礼信忠孝春夏秋冬梅兰竹菊松云霞虹雪峰岩江河湖海晨曦阳月星辰"


def staff() -> tuple[Person, ...]:
    """Ten who report, five who review, eight who operate."""
    return (
        *(Person(name, "reporting", f"D{n:03d}") for n, name in enumerate(_REPORTING, 101)),
        *(Person(name, "reviewing", f"D{n:03d}") for n, name in enumerate(_REVIEWING, 201)),
        *(
            Person(name, "technologist", f"T{n:03d}", modalities)
            for n, (name, modalities) in enumerate(_TECHNOLOGISTS, 301)
        ),
    )


def patient_names(dice: Dice) -> Iterator[str]:
    """Endless in practice (some 2,000 different ones), none twice."""
    return iter(dice.shuffled([f"{surname}示{given}" for surname in _SURNAMES for given in _GIVEN]))
