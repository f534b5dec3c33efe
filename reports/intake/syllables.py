"""Full pinyin of the Chinese terms that headers are known by: xingming, jiancha_hao, BAOGAOYISHI.

The table holds the characters of our own terms and no others; a test reads the terms and finds each.
"""

import re
from functools import lru_cache

_HAN = re.compile(r"[\u4e00-\u9fff]")
# Syllable and its characters; 大 is also read dai, as in 大夫.
_TABLE = """
    an案 bao保报胞 bei备被 ben本 bian变编 biao标表 bie别 bing病 bo拨 bu布步部 cai采 can参 cao操 cha查 chan产
    chang常 cheng成称程 chu出初触 chuan传穿 chuang床 ci刺次 da大打答达 dai代大 dan单 dang当档 de得的 deng登
    di地 dian点电 ding定订 dong动 duan断段 dui对 e额 er二儿 fa发法 fang房放方访 fei费 fen份分 fou否 fu复夫
    gai改概 gao告 geng更 gou构 guang光 gui归 guo果过 hao号 he和核 hou后 hu呼护 hua话 huan患 hui会回 hun婚
    huo或活获 ji及基急技既机级纪记辑集 jia家 jian件健检简见间 jiao交叫 jie接界结解 jin近金 jing径经镜 jiu就
    ju具局居据 jue决 ka卡 kai开 kang康 ke刻科 kuang况 lai来 lei类 li例历理立 lian联 liao料疗 lie列 lin临
    ling龄 liu流 lu录 lun论 ma码 men门 miao描 min民 ming名明 mo末 mu目 nan难 nei内 ni拟 nian年 pai拍 pan判
    pian片 qi其器期 qian前签 qing情请 qiu求 qu区 quan全 que确 ren人认 ri日 rong容 ru入 san三 sao扫 shang上
    she射摄社设 shen审申身 sheng生 shi事史士始实室尸师式时是示识适 shou受手收 shu书属数术束署述 shui水
    shun顺 shuo说 song送 sui岁随 suo所索 ta他 tai态抬 tao讨 ti体提题 tian填 tiao条 ting听庭 tong统通 tou头投
    tu图途 wai外 wan完 wang往 wei位危唯 wen文问 xi息系细 xia下 xian现线 xiang像相详象项 xiao效 xie写 xin信新
    xing型姓形性行醒 xiu修 xu序需 xue学 xun讯 yan验 yao要 yi一仪依医异意疑移 yin印因姻引 ying应影 yong用
    you由 yu与 yuan原员源缘院 yue月阅 zai在 zao造 zhai摘 zhan站 zhang张章 zhao照 zhe者 zhen诊 zheng征正症证
    zhi值址志执指知质 zhong中种终重 zhu主住嘱注 zhuan专撰转 zhuang状 zhui追 zhun准 zi子字资 zong踪 zu族
    zui最 zuo作做
"""


@lru_cache(maxsize=1)
def _readings() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for entry in _TABLE.split():
        syllable = _HAN.split(entry, maxsplit=1)[0]
        for char in entry[len(syllable) :]:
            found.setdefault(char, []).append(syllable)
    return found


def spelled(pattern: str) -> str:
    """A pattern of Chinese terms as one of their pinyin; what is no Chinese character stays as it is.

    Raises KeyError for a character that is in no term.
    """
    return _HAN.sub(lambda char: f"(?:{'|'.join(_readings()[char[0]])})", pattern)


def in_both(pattern: str) -> str:
    """A pattern of Chinese terms, in characters or in pinyin."""
    return f"(?:{pattern})|(?:{spelled(pattern)})"


def spellings(word: str) -> set[str]:
    """The pinyin of a term, in every reading."""
    found = {""}
    for char in word:
        found = {start + end for start in found for end in _readings().get(char, [char])}
    return found
