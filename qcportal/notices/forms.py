"""What a person chooses about notices."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms


class NoticesForm(forms.Form):
    """The own mail address and the daily digest."""

    email = forms.EmailField(label="邮箱", required=False, max_length=254, help_text="提醒发送到此邮箱。")
    digest = forms.BooleanField(
        label="每日待办提醒",
        required=False,
        help_text="有待办事项时每天发送一次，只含事项数量和链接，不含受检者信息。",
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.helper = FormHelper()
        self.helper.add_input(Submit("save", "保存"))
