"""Repeat a packet's draws and its points from packet.json. Python 3.8 or newer, nothing else needed.

    python3 recheck_packet.py packet.json [HASH] [month-2026-01-draw.json ...]

Checked: the content hash; institution and period; the draw, its replacements, the hashes of the seeds; points
of rows and sections, total, verdict, 符合率 with its counts; the draw of each month whose file is given or is
found beside packet.json (the names are in the packet).

Written apart from the app, after the rules printed in the packet: where both agree, neither was bent. That a
file agrees with itself does not say who made it: HASH is the 内容校验值 on the cover of a PDF whose seal was
found to be the hospital's (steps 1 and 2 of verify-packet.md), all 64 digits of it.
Exit: 0 all agrees and the hash is HASH (已证实), 1 something differs (已改动), 2 a file could not be read or
is no packet, 3 all agrees and no HASH was given (内容完整，但签章人或原件未能确认).
"""

import hashlib
import json
import os
import re
import sys
from collections import Counter

FIVE = ["nervous", "respiratory", "digestive_urogenital", "skeletal", "circulatory"]
SYSTEMS = [*FIVE, "other"]
MODALITIES = ["DR", "CT", "MRI"]
LEVELS = {"tertiary": "三级医院", "secondary": "二级医院", "other": "其他医疗机构"}
RESULTS = {
    "pass": "合格",
    "fail": "不合格",
    "insufficient_sample": "样本不足，不作判定",
    "unjudged_rows": "尚有未评项目，不作判定",
}


def in_rank_order(entries, seed):
    def rank(entry):
        return hashlib.sha256(f"{seed}:{entry['accession_number']}".encode()).digest()

    return sorted(entries, key=rank)


def redraw(entries, seed, size):
    """The sample in case order, and what is left in the order in which replacements are taken."""

    ranked = in_rank_order(entries, seed)
    of = {system: [e for e in ranked if e["system"] == system] for system in SYSTEMS}
    in_order = [e for e in ranked if e["system"] != "other"] + of["other"]
    cap, drawn = -(-3 * size // 10), []

    def free(entry, leaving=None):
        rest = [e for e in drawn if e is not leaving]
        return entry not in drawn and entry["patient_key"] not in [e["patient_key"] for e in rest]

    def count(key):
        return Counter(e[key] for e in drawn)

    def swap(may_leave, may_come):
        for leaving in sorted(drawn, key=ranked.index, reverse=True):
            for entry in of[leaving["system"]] if may_leave(leaving) else ():
                if free(entry, leaving) and may_come(entry, leaving):
                    drawn[drawn.index(leaving)] = entry
                    return True
        return False

    scarcest = sorted(FIVE, key=lambda s: (len({e["patient_key"] for e in of[s]}), FIVE.index(s)))
    for system in scarcest * (size // 5):
        drawn += [e for e in of[system] if free(e)][:1]
    for entry in in_order:
        if len(drawn) < size and free(entry):
            drawn.append(entry)
    for wanted in MODALITIES:
        if wanted in [e["modality"] for e in ranked] and not count("modality")[wanted]:
            swap(lambda e: count("modality")[e["modality"]] > 1, lambda e, _, m=wanted: e["modality"] == m)
    named = "reporting_physician"
    while swap(
        lambda e: e[named] and count(named)[e[named]] > cap,
        lambda e, old: (
            (e["modality"] == old["modality"] or count("modality")[old["modality"]] > 1)
            and (not e[named] or count(named)[e[named]] < cap)
        ),
    ):
        pass
    drawn.sort(key=lambda e: (SYSTEMS.index(e["system"]), ranked.index(e)))
    return drawn, [e for e in in_order if e not in drawn]


def replaced(drawn, reserve, replacements):
    """The accession numbers after the replacements: the next of the same system, else the next of all."""
    places, gone = list(drawn), []
    for step in replacements:
        numbers = [e and e["accession_number"] for e in places]
        if step["removed"] not in numbers:
            return []
        at = numbers.index(step["removed"])
        patients = [e["patient_key"] for i, e in enumerate(places) if e and i != at]
        left = [e for e in reserve if e not in places + gone and e["patient_key"] not in patients]
        same = [e for e in left if e["system"] == places[at]["system"]]
        gone.append(places[at])
        places[at] = ((same or left) + [None])[0]
    return [e["accession_number"] for e in places if e]


def redraw_month(entries, seed, size):
    """The sample of a month in case order: places by modality, first one report a patient."""
    ranked = in_rank_order(entries, seed)
    counts = Counter(e["modality"] for e in ranked)
    places = dict.fromkeys([m for m in MODALITIES if counts[m]][:size], 1)
    total, left = sum(counts[m] - 1 for m in places), min(size, len(ranked)) - len(places)
    if left > 0:
        exact = {m: left * (counts[m] - 1) for m in places}
        places = {m: 1 + exact[m] // total for m in places}
        late = sorted(places, key=lambda m: (-(exact[m] % total), MODALITIES.index(m)))
        for m in late[: min(size, len(ranked)) - sum(places.values())]:
            places[m] += 1
    drawn = []

    def take(wanted, most, again=False):
        for entry in ranked:
            new = again or entry["patient_key"] not in [e["patient_key"] for e in drawn]
            if most > 0 and wanted(entry) and entry not in drawn and new:
                drawn.append(entry)
                most -= 1

    for m, most in places.items():
        take(lambda e, m=m: e["modality"] == m, most)
    take(lambda e: True, size - len(drawn))
    take(lambda e: True, size - len(drawn), again=True)
    return sorted(drawn, key=lambda e: (MODALITIES.index(e["modality"]), ranked.index(e)))


def list_hash(entries):
    keys = ("accession_number", "system", "modality", "patient_key", "reporting_physician")
    lines = sorted([e[key] for key in keys] for e in entries)
    return hashlib.sha256("".join("\t".join(line) + "\n" for line in lines).encode("utf-8")).hexdigest()


def points(row, cases, level, size):
    """Table B.1, one row: a state for section 1, the faulty or discordant reports for section 2.

    None is open: no state, or fewer reports judged than the sample has (D-07).
    """
    if row["sample_size"] is None:
        if row["id"] == "1.5" and row["state"] == "absent" and level != "tertiary":
            return row["points"]
        return {"met": row["points"], "incomplete": row["points"] - 1, "absent": 0}.get(row["state"])
    part, key = (("description", "faulty"), ("conclusion", "discordant"))[row["id"] == "2.2"]
    judged = [c[part][key] for c in cases if c[part][key] is not None]
    n, failed = len(judged), sum(judged)
    lost = failed * row["case_points"]
    if row["rate_percent"] and 100 * (n - failed) < row["rate_percent"] * n:
        lost += row["rate_points"]
    return max(0, row["points"] - lost) if n == size else None


def masked(packet):
    """An unmasked packet with every character that was put back starred again, and nothing else touched."""
    packet = json.loads(json.dumps(packet))
    for line in packet.pop("unmasked")["restored"]:
        *steps, last = line["path"].split("/")
        holder = packet
        for step in steps:
            holder = holder[int(step) if isinstance(holder, list) else step]
        last = int(last) if isinstance(holder, list) else last
        text = list(holder[last])
        for place in line["at"]:
            text[place] = "*"
        holder[last] = "".join(text)
    return packet


def content_hash(packet):
    text = json.dumps(packet, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def summed(scores):
    """The sum, or None while one is open."""
    return None if None in scores else sum(scores)


def verdict(total, cases, words):
    """pass, fail, or why there is none: a short sample outweighs an open row."""
    if total is not None:
        return "fail" if total < words["pass_line"] else "pass"
    described = sum(c["description"]["faulty"] is not None for c in cases)
    concluded = sum(c["conclusion"]["discordant"] is not None for c in cases)
    return "unjudged_rows" if min(described, concluded) >= words["sample_size"] else "insufficient_sample"


def rate(cases):
    """符合率 with one decimal, rounded half up, and the counts of the three judgements."""
    found = Counter(c["conclusion"]["judgement"] for c in cases)
    counts = [found[word] for word in ("concordant", "partly", "discordant")]
    judged, good = sum(counts), counts[0] + counts[1]
    tenths = (2000 * good + judged) // (2 * judged) if judged else 0
    return ["{}.{}%".format(*divmod(tenths, 10)) if judged else "无数据", *counts]


VERDICTS = {
    0: "已证实",
    1: "已改动",
    3: "内容完整，但签章人或原件未能确认：请与已核实系统签章的封面所印校验值比较",
}


def shown(value):
    """A value as a reader writes it: a list with its parts in order, 未评 for what is open."""
    if isinstance(value, (list, tuple)):
        return "、".join(shown(part) for part in value) or "无"
    return "未评" if value is None else str(value)


class Recheck:
    """Prints each answer and remembers whether all agreed."""

    def __init__(self, packet):
        self.packet, self.agrees = packet, True

    def say(self, what, found, stated):
        self.agrees &= found == stated
        if found == stated:
            print("相符", what, shown(found))
        else:
            print("不符", what, shown(found), "所载：" + shown(stated))

    def hashes(self, stated, sealed):
        packet = self.packet
        self.say("内容校验值", content_hash(packet), stated)
        if sealed:
            self.say("封面所印校验值", content_hash(packet), "".join(sealed.split()).lower())
        if packet.get("unmasked"):
            why = packet["unmasked"]
            by = f"{why['approved_by']} {why['approved_at']} 批准"
            print(f"未脱敏：仅限{why['receiver']}，{by}，理由：{why['reason']}")
            self.say("遮回后的校验值", content_hash(masked(packet)), why["masked_hash"])

    def about(self):
        """The institution's level, and the period against its window, the own draw and the months."""
        at, period = self.packet["institution"], self.packet["period"]
        self.say(f"机构级别（{at['name']}）", LEVELS.get(at["level"]), at["level_zh"])
        days = [period["window_start"], period["window_end"]]
        quarter = re.match(r"(\d{4})年第([1-4])季度$", period["label"])
        quarters = {f"{day[:4]}年第{(int(day[5:7]) + 2) // 3}季度" for day in days}
        shown = "、".join(sorted(quarters)) if quarter else period["label"]
        self.say(f"期间（{days[0]}至{days[1]}）", shown, period["label"])
        chain = (self.packet.get("draws") or {}).get("window", [])
        own = [[d["label"], d["window_start"], d["window_end"]] for d in chain if d["is_this"]]
        if chain:
            self.say("本次抽样的期间", own, [[period["label"], *days]])
        months = [m["month"] for m in (self.packet.get("monthly") or {}).get("months", [])]
        outside = [month for month in months if not days[0][:7] <= month <= days[1][:7]]
        if months:
            self.say("期间以外的月度质控", outside, [])

    def draw(self):
        drawn = self.packet["draw"]
        if not drawn:
            return
        draw, cases = drawn["document"], self.packet["cases"]
        first, reserve = redraw(draw["list"], draw["seed"], draw["size"])
        self.say("抽中", [e["accession_number"] for e in first], draw["drawn"])
        now = replaced(first, reserve, draw["replacements"])
        self.say("更换之后", now, [c["report"]["accession_number"] for c in cases])

    def chain(self):
        draws = self.packet.get("draws")  # since qcportal-packet/4
        if not draws:
            return
        chain = draws["window"] + draws["months"]
        published = [d for d in chain if d["commitment"] and d["seed"]]
        hashes = [hashlib.sha256(d["seed"].encode("utf-8")).hexdigest() for d in published]
        self.say("种子哈希", hashes, [d["commitment"] for d in published])
        late = [d["audit"] for d in published if d["drawn_seq"] and not d["opened_seq"] < d["drawn_seq"]]
        self.say("冻结名单之后才公布的种子哈希", late, [])
        for d in chain:
            if d["seed_origin"] == "chosen" or not d["is_this"]:
                seed = "种子由人指定" if d["seed_origin"] == "chosen" else "种子由服务器生成"
                print("注意：", d["label"], d["drawn_at"] or "未抽取", d["state_zh"], seed)

    def months(self, folder, given):
        """Each month's draw from its file: of those given by name, else beside packet.json."""
        named = {os.path.basename(path): path for path in given}
        for line in (self.packet.get("monthly") or {}).get("months", []):
            name = os.path.basename(line.get("draw_file") or "")
            path = named.pop(name, os.path.join(folder, name))
            if name and os.path.isfile(path):
                self.month(line, path)
            elif name:
                print(f"未核 {line['label']}抽样：没有给出文件{name}")
        if named:
            self.say("不属于本册的月度抽样文件", sorted(named), [])

    def month(self, line, path):
        with open(path, "rb") as file:
            raw = file.read()
        what = f"{line['label']}抽样"
        digest = hashlib.sha256(raw).hexdigest()
        self.say(f"{what}文件", digest, line["draw_sha256"])
        if digest != line["draw_sha256"]:
            return
        draw = json.loads(raw.decode("utf-8"))
        again = [e["accession_number"] for e in redraw_month(draw["list"], draw["seed"], draw["size"])]
        self.say(f"{what}所列报告", again, [r["accession_number"] for r in line["reports"]])
        found = [draw["seed"], list_hash(draw["list"]), again]
        self.say(f"{what}种子、名单、抽中", found, [line["seed"], line["list_hash"], draw["drawn"]])

    def score(self):
        packet, words, result = self.packet, self.packet["words"], self.packet["result"]
        cases, level = packet["cases"], packet["institution"]["level"]
        scores = [points(row, cases, level, words["sample_size"]) for row in packet["rows"]]
        self.say("各行得分", scores, [row["score"] for row in packet["rows"]])
        total = summed(scores)
        parts = [p["id"] for p in packet["sections"]]
        rows = [(row["section"], scores[place]) for place, row in enumerate(packet["rows"])]
        sections = [summed([score for of, score in rows if of == part]) for part in parts]
        self.say("各部分得分", sections, [p["score"] for p in packet["sections"]])
        self.say("合计", total, result["total"])
        code = RESULTS.get(result["verdict"], "不明")
        said = result["verdict_zh"] if code == result["verdict_zh"] else f"{result['verdict_zh']}，又作{code}"
        self.say("判定", RESULTS[verdict(total, cases, words)], said)
        found = packet["statistics"]
        counts = [found[key] for key in ("rate", "concordant", "partly", "discordant")]
        self.say("符合率", rate(cases), counts)

    def last_step(self, code):
        """The verdict, and what only a person with the sealed PDF can compare."""
        packet, total = self.packet, self.packet["result"]["total"]
        print("结论：" + VERDICTS[code])
        facts = [packet["institution"]["name"], packet["department"], packet["period"]["label"]]
        facts.append(f"第{packet['sheet']['number']}版")
        facts.append(packet["result"]["verdict_zh"] + ("" if total is None else f" {total}分"))
        print(
            f"最后请与系统签章完好的PDF封面核对：{'，'.join(facts)}，内容校验值 {content_hash(packet)}。"
            "一字不差，才是医院签发的那一份。"
        )


def main(path, *more):
    given = [name for name in more if name.lower().endswith(".json")]
    sealed = "".join(name for name in more if name not in given)
    try:
        with open(path, encoding="utf-8") as file:
            packet = json.load(file)
        if not packet["schema"].startswith("qcportal-packet/"):
            raise KeyError("schema")
        stated = packet.pop("content_hash")
        found = Recheck(packet)
        found.hashes(stated, sealed)
        found.about()
        found.draw()
        found.chain()
        found.months(os.path.dirname(os.path.abspath(path)), given)
        found.score()
    except OSError as problem:
        print(f"不能读取：文件{problem.filename}打不开，请核对文件名和所在位置")
        return 2
    except ValueError:
        print("不能读取：文件不是JSON数据（迎检包所附的 packet.json），或已损坏")
        return 2
    except (AttributeError, IndexError, KeyError, TypeError, ZeroDivisionError):
        print("不能读取：不是迎检包数据，或其中缺少应有的项")
        return 2
    code = (0 if sealed else 3) if found.agrees else 1
    found.last_step(code)
    return code


if __name__ == "__main__":
    if len(sys.argv) < 2:
        print("用法：python3 recheck_packet.py packet.json [封面所印的内容校验值] [月度抽样文件…]")
        sys.exit(2)
    sys.exit(main(*sys.argv[1:]))
