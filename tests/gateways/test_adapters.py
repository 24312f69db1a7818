"""What every adapter owes the rest of the house; a new one is found here by itself."""

from pathlib import Path

import pytest

from messaging.gateways.adapters import Adapter, HookRequest, NotUnderstood, adapter_choices, get_adapter_class
from messaging.gateways.forms import make_connect_form

KEYS = [key for key, _label in adapter_choices()]


@pytest.mark.parametrize("key", KEYS)
class TestEveryAdapter:
    def test_it_has_a_file_of_tests_named_after_it(self, key):
        assert (Path(__file__).parent / f"test_{key}.py").exists()

    def test_it_says_its_name_and_its_channel(self, key):
        adapter_class = get_adapter_class(key)
        assert str(adapter_class.label)
        assert adapter_class.channel in {"sms", "email", "voice", "chat"}
        assert adapter_class.is_local or adapter_class.send is not Adapter.send

    def test_its_fields_make_a_form_that_hides_secrets(self, key):
        adapter_class = get_adapter_class(key)
        names = [field.name for field in adapter_class.fields]
        assert len(names) == len(set(names))
        form = make_connect_form(adapter_class)()
        for field in adapter_class.fields:
            assert str(field.label)
            is_hidden = form.fields[f"config_{field.name}"].widget.input_type == "password"
            assert is_hidden == field.is_secret

    def test_it_finds_faults_in_empty_fields_without_falling_over(self, key):
        adapter_class = get_adapter_class(key)
        faults = adapter_class.find_faults({field.name: "" for field in adapter_class.fields})
        assert set(faults) <= {field.name for field in adapter_class.fields}

    def test_it_can_do_what_it_says_it_can(self, key):
        adapter_class = get_adapter_class(key)
        look_up = "look_up_here" if adapter_class.is_local else "look_up"
        claims = {
            look_up: adapter_class.resolves_doubt == "look_up",
            "read_hook": adapter_class.has_hook or bool(adapter_class.line),
            "fetch_receipts": adapter_class.receipts_at_once > 0,
        }
        for name, is_claimed in claims.items():
            is_there = getattr(adapter_class, name).__qualname__ != f"Adapter.{name}"
            assert is_there == is_claimed, name

    @pytest.mark.parametrize("body", [b"", b"\xff\x00", b"a=%00&b=%ff", b"[]", b"x" * 1000])
    @pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "application/json", ""])
    def test_a_call_that_means_nothing_is_refused_in_order(self, key, body, kind):
        adapter_class = get_adapter_class(key)
        if not adapter_class.has_hook:
            return
        call = HookRequest("https://shop.example/hooks/k/?%00=%ff&a", "POST", body, {"content-type": kind})
        with pytest.raises(NotUnderstood):
            adapter_class.read_hook(call)
