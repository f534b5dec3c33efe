"""Forms of the register: a member, a record of qualification, a group, a decision, an imported file."""

from collections.abc import Mapping
from typing import Any

from crispy_forms.layout import Column, Row
from django import forms
from django.utils import timezone

from exporting.uploads import ACCEPT, HELP, UploadRefusedError, accept
from staff.access.forms import choice_field, form_helper, row_field
from staff.accounts.models import User
from staff.departments.models import Department
from staff.register.actions.members import MemberValues
from staff.register.domain.records import FIELDS, record_faults
from staff.register.domain.rules import QualificationType
from staff.register.models import MODALITIES, Member, Qualification, SubspecialtyGroup

_DAY = {"invalid": "日期应写作 2026-03-31 的样子。"}
_MOST_WORKBOOK = 20 * 1024 * 1024
# What the day of a record is called, by kind; the rules read the same field.
_DAY_LABELS = {
    "physician_certificate": "发证日期",
    "practice_licence": "发证日期",
    "residency_stage_one": "通过日期",
    "radiation_training": "培训考核日期",
    "equipment_training": "培训日期",
    "image_quality_appraisal": "考核日期",
}


def _date(label: str, **more: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget, error_messages=_DAY, **more)


class MemberForm(forms.ModelForm):  # type: ignore[type-arg]  # takes no argument at run time
    """Who the person is, what they operate, which account is theirs."""

    modalities = forms.MultipleChoiceField(
        label="操作设备类别",
        required=False,
        choices=[(code, code) for code in MODALITIES],
        widget=forms.CheckboxSelectMultiple,
        help_text="技师须逐类有设备操作培训（4.3 b)）；不操作设备的医师留空。",
    )
    since = _date(
        "专业组、职称变动自",
        help_text="仅在专业组或职称变动时使用；留空：新登记的从入职日起，变动的从今天起。",
    )
    entered_on = _date("入职日期")
    left_on = _date("离职日期", help_text="离职人员保留在登记表中：其在岗时的报告仍按当日资质判断。")

    class Meta:
        model = Member
        fields = (
            *("staff_number", "full_name", "kind", "title", "group"),
            *("modalities", "user", "entered_on", "left_on", "is_active"),
        )
        error_messages = {
            "staff_number": {"required": "请填写工号：同名人员靠工号区分。"},
            "full_name": {"required": "请填写姓名，写法与报告上的署名一致。"},
            "kind": {"required": "请选择人员类别。"},
        }
        help_texts = {"user": "关联后本人可在“我的资质”查看并提交更新的证书。"}

    def __init__(self, *args: Any, department: Department, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        row_field(self, "group").queryset = SubspecialtyGroup.objects.filter(department=department).present()
        row_field(self, "group").empty_label = "未分组"
        row_field(self, "user").empty_label = "未关联"
        accounts = User.objects.filter(role_grants__department=department).distinct()
        row_field(self, "user").queryset = accounts.order_by("staff_number", "username")
        self.fields["title"].widget.attrs["list"] = "known-titles"
        self.helper = form_helper(
            Row(*(Column(n, css_class="col-md-4") for n in ("staff_number", "full_name", "kind"))),
            Row(*(Column(n, css_class="col-md-4") for n in ("title", "group", "user"))),
            "modalities",
            Row(*(Column(n, css_class="col-md-4") for n in ("since", "entered_on", "left_on"))),
            "is_active",
            submit="保存",
        )

    def clean_staff_number(self) -> str:
        return str(self.cleaned_data["staff_number"]).strip()

    def clean_full_name(self) -> str:
        return str(self.cleaned_data["full_name"]).strip()

    def values(self) -> MemberValues:
        """What was filled in, for the action."""
        return MemberValues(**{name: self.cleaned_data[name] for name in self.Meta.fields})

    def _post_clean(self) -> None:
        """The action writes the row and says what is wrong with it; the form leaves the instance alone."""


class RecordForm(forms.ModelForm):  # type: ignore[type-arg]  # takes no argument at run time
    """A record of one kind: only the fields this kind has. `scan_needed`: a member's own submission."""

    issued_on = _date("日期")
    valid_until = _date("有效期至", help_text="当日仍有效；长期有效请留空。")
    scan = forms.FileField(
        label="扫描件",
        required=False,
        help_text=HELP,
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        error_messages={"required": "请上传证书的扫描件。", "empty": "文件是空的（0字节），请重新选择。"},
    )

    class Meta:
        model = Qualification
        fields = (
            *("number", "issuer", "practice_category", "practice_scope", "result", "basis", "basis_approver"),
            *("organiser", "course", "course_name", "days", "modality", "device_model", "trainer"),
            *("issued_on", "valid_until", "scan"),
        )
        widgets = {"modality": forms.Select(choices=[("", "请选择"), *((m, m) for m in MODALITIES)])}

    def __init__(
        self, *args: Any, kind: QualificationType, scan_needed: bool = False, submit: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        shown = (*FIELDS.get(kind.code, ("number", "issuer")), "result", "issued_on", "valid_until", "scan")
        if kind.cycle_years is not None:
            # The law's cycle decides how long it holds; a date typed here would only contradict it.
            shown = tuple(name for name in shown if name != "valid_until")
        for name in set(self.fields) - set(shown):
            del self.fields[name]
        self._word(kind, scan_needed)
        pairs = [shown[i : i + 2] for i in range(0, len(shown), 2)]
        self.helper = form_helper(
            *(Row(*(Column(name, css_class="col-md-6") for name in pair)) for pair in pairs), submit=submit
        )

    def _word(self, kind: QualificationType, scan_needed: bool) -> None:
        day = self.fields["issued_on"]
        day.label = _DAY_LABELS.get(kind.code, "日期")
        if kind.cycle_years:
            day.help_text = f"合格后满{kind.cycle_years}年当日仍有效，次日起过期。"
        results = [("passed", "合格"), ("failed", "不合格")]
        if kind.code == "residency_stage_one":
            results = [("passed", "已通过"), ("deemed", "视同通过"), ("failed", "未通过")]
        choice_field(self, "result").choices = results
        self.fields["scan"].required = scan_needed

    def clean_scan(self) -> Any:
        upload = self.cleaned_data.get("scan")
        if not upload:
            return None
        try:
            return accept(upload)
        except UploadRefusedError as refused:
            raise forms.ValidationError(str(refused)) from refused

    def clean(self) -> dict[str, Any]:
        super().clean()
        found: dict[str, Any] = self.cleaned_data
        for name, words in record_faults(self.kind.code, found).items():
            if name in self.fields and name not in self.errors:
                self.add_error(name, words)
        return found

    def values(self) -> dict[str, Any]:
        """What was filled in, for the action; the scan goes apart."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "scan"}
        return {"type": self.kind.code} | given

    def _post_clean(self) -> None:
        """The action writes the row; the form leaves the instance alone."""


class ReasonForm(forms.Form):
    """One sentence that says why."""

    reason = forms.CharField(label="理由", max_length=200, error_messages={"required": "请写明理由。"})

    def __init__(
        self,
        *args: Any,
        submit: str,
        action: str,
        help_text: str = "",
        style: str = "btn-primary",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = help_text
        self.helper = form_helper("reason", submit=submit, action=action, style=style)


class GroupForm(forms.Form):
    """A group, its leader and its members."""

    since = _date(
        "生效日期", help_text="本次调入、调出、组长变动的首日，评分表按抽样窗口内的成员计；留空为今天。"
    )
    name = forms.CharField(
        label="专业组名称", max_length=60, error_messages={"required": "请填写专业组名称。"}
    )
    lead = forms.ModelChoiceField(Member.objects.none(), label="组长", required=False, empty_label="未指定")
    members = forms.ModelMultipleChoiceField(
        Member.objects.none(),
        label="成员",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="一人只在一个组；勾选已在别组的人员即调入本组。",
    )

    def __init__(self, *args: Any, department: Department, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Member.objects.filter(department=department).active()
        ordered = people.select_related("group").order_by("kind", "staff_number")
        row_field(self, "lead").queryset = row_field(self, "members").queryset = ordered
        # Django documents the assignment; to its stubs it is a method.
        row_field(self, "members").label_from_instance = _named_with_group  # type: ignore[assignment]
        self.helper = form_helper(
            Row(*(Column(n, css_class="col-md-4") for n in ("name", "lead", "since"))),
            "members",
            submit="保存",
        )

    def clean_name(self) -> str:
        return str(self.cleaned_data["name"]).strip()

    def values(self) -> Mapping[str, Any]:
        """What was filled in, for the action; the leader belongs to the group, a change begins today."""
        found = {name: self.cleaned_data[name] for name in self.base_fields}
        found["since"] = found["since"] or timezone.localdate()
        members = list(found["members"])
        if found["lead"] and found["lead"] not in members:
            members.append(found["lead"])
        return found | {"members": members}


def _named_with_group(member: Member) -> str:
    title = f" {member.title}" if member.title else ""
    return f"{member}{title}" + (f"（{member.group}）" if member.group else "")


class MembershipForm(forms.Form):
    """The days of a membership, to correct them."""

    since_on = _date("入组日期", help_text="当日即在组；不详请留空。")
    until_on = _date("离组日期", help_text="当日仍在组；仍在组的留空。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = form_helper(
            Row(*(Column(n, css_class="col-md-6") for n in ("since_on", "until_on"))), submit="保存"
        )


class RegisterFileForm(forms.Form):
    """The register as a workbook."""

    file = forms.FileField(
        label="登记表",
        help_text="Excel、WPS或ODS工作簿，或CSV：人员名单、培训记录、持证登记、档案卡中的任意几种。",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xlsm,.xls,.xlsb,.et,.ods,.csv,.txt"}),
        error_messages={"required": "请选择登记表文件。", "empty": "所选文件是空的（0字节）。"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = form_helper("file", submit="试导入（不写入）")

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > _MOST_WORKBOOK:
            raise forms.ValidationError("登记表超过20 MB，请删去无关的工作表或图片后重新上传。")
        return upload
