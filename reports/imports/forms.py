"""Forms of the import pages: the upload, and the mapping of columns and values."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

from crispy_forms.layout import Column, Row
from django import forms
from django.conf import settings

from exporting.masking import mask_unless_term
from reports.archive.forms import helper
from reports.imports.domain.vocabulary import TERMS, VOCABULARY, Writing
from reports.imports.models import ImportSource
from reports.intake.mapping import FileMapping

SKIPPED = "-"
SKIP = (SKIPPED, "不导入这些行")
TYPES = ".csv,.txt,.tsv,.xlsx,.xlsm,.xls,.xlsb,.et,.ods"


class UploadForm(forms.Form):
    """A file to import, and where it comes from."""

    kind = forms.ChoiceField(label="内容", choices=ImportSource.Kind.choices)
    source = forms.CharField(
        label="来源名称",
        max_length=60,
        initial="RIS导出",
        help_text="同一来源的列对应在写入后记住，下次导入不必再选。",
        widget=forms.TextInput(attrs={"list": "known-sources", "autocomplete": "off"}),
    )
    file = forms.FileField(
        label="文件",
        help_text="CSV、TXT（UTF-8、GB18030、UTF-16）或表格文件"
        "（.xlsx、.xlsm、.xls、.xlsb、.et、.ods），不超过100 MB。",
        widget=forms.ClearableFileInput(attrs={"accept": TYPES}),
        error_messages={"required": "请选择要导入的文件。", "empty": "所选文件是空的（0字节），请重新导出。"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper(
            Row(
                Column("kind", css_class="col-md-3"),
                Column("source", css_class="col-md-4"),
                Column("file", css_class="col-md-5"),
            ),
            submit="上传并核对",
        )

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > settings.QC_UPLOAD_MAX_BYTES:
            found = upload.size / 1024 / 1024
            raise forms.ValidationError(f"文件有{found:.0f} MB，上限为100 MB；请按月份分次导出。")
        return upload


class MappingForm(forms.Form):
    """Mapping form: the field of each column, the meaning of each unknown value, and the constants.

    Form fields: c0, c1, … for each column, v_field_digest for each value, k_field for each constant.
    """

    def __init__(
        self,
        *args: Any,
        headers: list[str],
        fields: list[tuple[str, str]],
        suggested: dict[str, str],
        writings: Sequence[Writing] = (),
        constants: Sequence[tuple[str, str]] = (),
        given: FileMapping | None = None,
        words: Mapping[str, Sequence[str]] = VOCABULARY,
        terms: frozenset[str] | None = TERMS,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "不导入"), *fields]
        self.headers, self.writings, self.constants = headers, writings, constants
        self.given = given or FileMapping()
        for index, header in enumerate(headers):
            self.fields[f"c{index}"] = forms.ChoiceField(
                label=header or f"（第{index + 1}列无表头）",
                choices=choices,
                required=False,
                initial=suggested.get(header, ""),
                widget=_select(),
            )
        for writing in writings:
            said = self.given.values.get(writing.field, {})
            initial = (said[writing.text] or SKIPPED) if writing.text in said else ""
            text = writing.text if terms is None else mask_unless_term(writing.text, terms)
            self.fields[value_name(writing)] = _word(words[writing.field], f"“{text}”", initial, (SKIP,))
        for name, label in constants:
            initial = self.given.constants.get(name, "")
            self.fields[f"k_{name}"] = (
                _word(words[name], label, initial)
                if name in words
                else forms.CharField(label=label, required=False, initial=initial, max_length=100)
            )

    def columns(self) -> dict[str, str]:
        """Header → field for every column with a chosen field."""
        chosen = {h: self.cleaned_data.get(f"c{i}", "") for i, h in enumerate(self.headers)}
        return {header: name for header, name in chosen.items() if name}

    def mapping(self) -> FileMapping:
        """The chosen mapping; earlier choices for values and fields that are not on the page are retained."""
        values = {field: dict(said) for field, said in self.given.values.items()}
        for writing in self.writings:
            chosen = self.cleaned_data.get(value_name(writing), "")
            values.setdefault(writing.field, {}).pop(writing.text, None)
            if chosen:
                values[writing.field][writing.text] = None if chosen == SKIPPED else chosen
        constants = dict(self.given.constants) | {
            name: self.cleaned_data.get(f"k_{name}", "").strip() for name, _ in self.constants
        }
        return FileMapping(
            columns=self.columns(),
            values={field: said for field, said in values.items() if said},
            constants={name: value for name, value in constants.items() if value},
        )


def value_name(writing: Writing) -> str:
    """The form field name of a value; it does not depend on which other values are listed."""
    return f"v_{writing.field}_{blake2b(writing.text.encode(), digest_size=6).hexdigest()}"


def _word(
    known: Sequence[str], label: str, initial: str, more: Sequence[tuple[str, str]] = ()
) -> forms.ChoiceField:
    words = [(word, word) for word in dict.fromkeys((*known, initial)) if word]
    words = [pair for pair in words if pair[0] != SKIPPED]
    choices = [("", "未指定"), *words, *more]
    return forms.ChoiceField(label=label, choices=choices, required=False, initial=initial, widget=_select())


def _select() -> forms.Select:
    return forms.Select(attrs={"class": "form-select form-select-sm"})
