"""A field that keeps a reason; `reason__code` filters and groups by its code."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.db import models

from ..values.reasons import LONGEST_VALUE, NONE, Reason, in_words

if TYPE_CHECKING:
    from django.db.models.expressions import Combinable

    KeptText = models.TextField[Reason | Combinable, Reason]
else:
    KeptText = models.TextField


class ReasonWords(forms.CharField):
    """Shows a reason by its sentence, which may be written anew."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(str(initial or ""), data)


class ReasonField(KeptText):
    """Of a row that may have a reason: a `Reason`, false when it has none. Its code is indexed with `ReasonCode`."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options = {"blank": True, "default": NONE, "editable": False, **options}
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        for own in ("blank", "default", "editable"):
            options.pop(own, None)
        return name, path, args, options

    def from_db_value(self, value: str | None, *_args: Any) -> Reason | None:
        if not value:
            return NONE if value is not None else None
        return Reason(value)

    def to_python(self, value: Any) -> Any:
        return Reason(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> Any:
        """Prose has no place here: TypeError, so that none is stored by mistake."""
        if isinstance(value, Reason):
            return value.text
        if value is None or value == "" or hasattr(value, "resolve_expression"):
            return value
        raise TypeError(f"not a reason: {value!r}")

    def formfield(self, **options: Any) -> Any:
        """What a person types is kept as their words; what they leave as it stands stays the reason that it is."""
        return super().formfield(**{"form_class": ReasonWords, "max_length": LONGEST_VALUE, **options})

    def save_form_data(self, instance: models.Model, data: Any) -> None:
        if data != str(self.value_from_object(instance)):
            setattr(instance, self.attname, in_words(data))

    def value_to_string(self, obj: models.Model) -> str:
        return self.value_from_object(obj).text


@ReasonField.register_lookup
class Given(models.Lookup):
    """`reason__given=True`: there is one. Written out, so that SQLite sees that a partial index holds such rows."""

    lookup_name = "given"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} {'>' if self.rhs else '='} ''", tuple(params)


@ReasonField.register_lookup
class ReasonCode(models.Transform):
    """The code of a kept reason; "" when there is none."""

    lookup_name = "code"
    function = "split_part"
    output_field = models.CharField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return super().as_sql(compiler, connection, template="split_part(%(expressions)s, ' ', 1)", **context)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        sql, params = compiler.compile(self.source_expressions[0])
        return f"substr({sql}, 1, instr({sql} || ' ', ' ') - 1)", [*params, *params]
