"""Repeat a packet's draw and its points from packet.json. Python 3.8 or newer, nothing else needed.

    python3 recheck_packet.py packet.json [HASH]

Written apart from the app, after the rules printed in the packet: where both agree, neither was bent. That a
file agrees with itself does not say who made it: HASH is the 内容校验值 on the cover of a PDF whose seal was
found to be the hospital's (steps 1 and 2 of verify-packet.md), all 64 digits of it.
Exit: 0 all agrees and the hash is HASH (已证实), 1 something differs (已改动), 2 the file could not be read,
3 all agrees and no HASH was given (内容完整，但签章人或原件未能确认).
"""

import hashlib
import json
import sys
from collections import Counter

FIVE = ["nervous", "respiratory", "digestive_urogenital", "skeletal", "circulatory"]
SYSTEMS = [*FIVE, "other"]


def redraw(entries, seed, size):
    """The sample in case order, and what is left in the order in which replacements are taken."""

    def rank(entry):
        return hashlib.sha256(f"{seed}:{entry['accession_number']}".encode()).digest()

    ranked = sorted(entries, key=rank)
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
    for wanted in ("DR", "CT", "MRI"):
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


VERDICTS = {
    0: "已证实",
    1: "已改动",
    3: "内容完整，但签章人或原件未能确认：请与已核实系统签章的封面所印校验值比较",
}


def main(path, sealed=""):
    try:
        with open(path, encoding="utf-8") as file:
            packet = json.load(file)
    except (OSError, ValueError) as problem:
        print("不能读取：", problem)
        return 2
    agrees = True

    def say(what, found, stated):
        nonlocal agrees
        agrees &= found == stated
        print(*(("相符", what, found) if found == stated else ("不符", what, found, "所载：", stated)))

    stated = packet.pop("content_hash")
    say("内容校验值", content_hash(packet), stated)
    if sealed:
        say("封面所印校验值", content_hash(packet), "".join(sealed.split()).lower())
    if packet.get("unmasked"):
        why = packet["unmasked"]
        by = f"{why['approved_by']} {why['approved_at']} 批准"
        print(f"未脱敏：仅限{why['receiver']}，{by}，理由：{why['reason']}")
        say("遮回后的校验值", content_hash(masked(packet)), why["masked_hash"])
    if packet["draw"]:
        draw = packet["draw"]["document"]
        first, reserve = redraw(draw["list"], draw["seed"], draw["size"])
        say("抽中", [e["accession_number"] for e in first], draw["drawn"])
        now = replaced(first, reserve, draw["replacements"])
        say("更换之后", now, [c["report"]["accession_number"] for c in packet["cases"]])
    if packet.get("draws"):  # since qcportal-packet/4
        chain = packet["draws"]["window"] + packet["draws"]["months"]
        published = [d for d in chain if d["commitment"] and d["seed"]]
        hashes = [hashlib.sha256(d["seed"].encode("utf-8")).hexdigest() for d in published]
        say("种子哈希", hashes, [d["commitment"] for d in published])
        late = [d["audit"] for d in published if d["drawn_seq"] and not d["opened_seq"] < d["drawn_seq"]]
        say("冻结名单之后才公布的种子哈希", late, [])
        for d in chain:
            if d["seed_origin"] == "chosen" or not d["is_this"]:
                print(
                    "注意：", d["label"], d["drawn_at"] or "未抽取", d["state_zh"], "种子", d["seed_origin"]
                )
    level, size = packet["institution"]["level"], packet["words"]["sample_size"]
    scores = [points(row, packet["cases"], level, size) for row in packet["rows"]]
    say("各行得分", scores, [row["score"] for row in packet["rows"]])
    say("合计", None if None in scores else sum(scores), packet["result"]["total"])
    code = (0 if sealed else 3) if agrees else 1
    print("结论：" + VERDICTS[code])
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
