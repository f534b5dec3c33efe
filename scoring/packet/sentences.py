"""The sentences of the printed packet that depend on the document: a template must not break them.

A line break of a template inside a Chinese sentence prints a blank, and a packet signed earlier must be made
again with the same bytes.
"""

from scoring.content.document import PacketDocument
from scoring.content.enclosures import not_attached_lines
from scoring.content.parts import TableRow

_FOREGONE = {"pass": "，两种情形均为合格", "fail": "，两种情形均为不合格"}


def sentences(document: PacketDocument, names: dict[str, str]) -> dict[str, str]:
    """What the templates print whole; `names`: how the files inside the packet are called."""
    sheet = document.sheet
    version = f"{document.period.label}　第{sheet.number}版"
    return {
        "title": _title(document),
        "version": version if document.is_final else f"{version}（草稿）",
        "submitted": f"{sheet.submitted_by}　{sheet.submitted_at}" if sheet.submitted_by else "尚未提交",
        "signed": f"{sheet.signed_by}　{sheet.signed_at}" if sheet.signed_by else "尚未签发",
        "made": _made(document),
        "result": _result(document),
        "bounds": _bounds(document),
        "register": _register(document),
        "verify": _verify(document, names),
        "recheck": _recheck(document, names),
        "staffing": _staffing(document),
        "unmasked": _unmasked(document),
        "other_chapters": _other_chapters(document),
    }


def _title(document: PacketDocument) -> str:
    mark = "（未脱敏）" if document.unmasked else ""
    department = f"{document.institution.name}{document.department}"
    return f"{department} 放射影像检查报告质控迎检包 {document.period.label}{mark}"


def _made(document: PacketDocument) -> str:
    made = document.generated
    by = f"（{made.by}）" if made.by else ""
    masked = "受检者姓名、证件号已脱敏。"
    if document.unmasked:
        masked = "抽查报告中的受检者姓名、编号未脱敏，只供批准的用途。"
    return (
        f"本册由 {made.program} 于 {made.at} 生成{by}。{masked}"
        "附录B为资料性附录，“合格”“不合格”仅指附录B评分。"
    )


def _result(document: PacketDocument) -> str:
    words, result = document.words, document.result
    total = f"，{words.total}{result.total}分" if result.total is not None else ""
    return f"附录B评分：{result.verdict_zh}{total}。{words.verdict_rule}"


def _bounds(document: PacketDocument) -> str:
    bounds = document.result.bounds
    if not bounds:
        return ""
    foregone = _FOREGONE.get(bounds.foregone or "", "")
    return f"结果未定：总分最低{bounds.lowest}分，最高{bounds.highest}分{foregone}。"


def _register(document: PacketDocument) -> str:
    enclosed = "附于本PDF之内（注明附件名的）" if document.is_final else "在签发后附于PDF之内"
    left_out = len(not_attached_lines(document))
    note = (
        f"另有{left_out}个制度文件未附，各处注明理由，原件同样由科室保存，可按校验值核对。"
        if left_out
        else ""
    )
    return (
        f"各行依登记的资料与系统记录列出，校验值为文件的SHA-256。制度文件{enclosed}；"
        f"会议记录、随访登记等可能载有患者信息，只列校验值，原件由科室保存备查。{note}"
    )


def _verify(document: PacketDocument, names: dict[str, str]) -> str:
    seal = "（或“验真”页），核对系统签章、" if document.seal else "，核对"
    return (
        f"整册：manage.py verify_packet 本PDF文件{seal}内容校验值、抽样与得分，"
        "并按所载数据重新生成后逐字节比较；"
        f"已签发的PDF内附工作簿（{names['xlsx']}）与数据（{names['json']}）。"
    )


def _recheck(document: PacketDocument, names: dict[str, str]) -> str:
    unmasked = "；并把还原的字遮回，得到脱敏版的校验值" if document.unmasked else ""
    if document.schema_number >= 4:
        return (
            f"重抽、重算：python3 recheck_packet.py {names['json']} 内容校验值"
            "（所附的短程序，只用Python标准库），"
            f"逐项印出“相符”或“不符”，最后给出结论{unmasked}。"
        )
    return (
        f"重抽、重算：python3 recheck_packet.py {names['json']}（随系统文档发布的短程序，只用Python标准库），"
        f"应得到本册所列的十份报告、各行得分与合计{unmasked}。"
    )


def _staffing(document: PacketDocument) -> str:
    staffing, period = document.staffing, document.period
    if not staffing:
        return ""
    return (
        f"{period.window_start} 至 {period.window_end}完成的报告{staffing.reports}份："
        f"签发医师在签发日、操作技师在检查日是否有资质（4.3、4.4），签名是否合规（4.5）。人员登记表共{staffing.people}人。"
    )


def _unmasked(document: PacketDocument) -> str:
    if not document.unmasked:
        return ""
    return (
        "本册与上列校验值的脱敏迎检包是同一份签发内容：只在抽查报告、结局及其评定文字中还原了"
        f"{len(document.unmasked.restored)}处遮去的字，其余一字不差。所附数据列有每一处的位置，按位置遮回，"
        "即得脱敏版，校验值应当相同。"
    )


def _other_chapters(document: PacketDocument) -> str:
    left = document.unmasked.left if document.unmasked else 0
    note = f"评审文字中另有{left}处在录入时即已脱敏，或录入后又有更改，照原样保留。" if left else ""
    return f"其余各章（评分表、佐证材料、人员资质、月度质控、版次）照签发时的脱敏文字。{note}"


def row_facts(row: TableRow) -> str:
    """How a row was decided, as it follows its score: its state, its cases, who decided."""
    state = f"；评定：{row.state_zh}" if row.state_zh else ""
    cases = f"；已评{row.sample_size}份，其中{row.failed}份扣分" if row.failed is not None else ""
    by = f"。评定人：{row.set_by}，{row.set_at}" if row.set_by else ""
    return state + cases + by
