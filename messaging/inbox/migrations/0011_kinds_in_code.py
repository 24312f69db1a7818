"""Kinds, states and the like are named by the code alone: a new one is no migration."""

from django.db import migrations, models

import messaging.inbox.models.conversations
import messaging.inbox.models.events
import messaging.inbox.models.lines
import messaging.inbox.models.setup
import messaging.inbox.states


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0010_lower_case_emails"),
    ]

    operations = [
        migrations.AlterField(
            model_name="attachment",
            name="state",
            field=models.CharField(
                choices=messaging.inbox.models.conversations.AttachmentState.options, default="ready", max_length=8
            ),
        ),
        migrations.AlterField(
            model_name="chatevent",
            name="kind",
            field=models.CharField(choices=messaging.inbox.models.events.EventKind.options, max_length=8),
        ),
        migrations.AlterField(
            model_name="chatmessage",
            name="sender",
            field=models.CharField(
                choices=messaging.inbox.models.conversations.Sender.options, max_length=8, verbose_name="sender"
            ),
        ),
        migrations.AlterField(
            model_name="chatsettings",
            name="on_silence",
            field=models.CharField(
                blank=True, choices=messaging.inbox.models.setup.OnSilence.options, max_length=8, verbose_name="then"
            ),
        ),
        migrations.AlterField(
            model_name="conversation",
            name="last_sender",
            field=models.CharField(
                blank=True, choices=messaging.inbox.models.conversations.Sender.options, max_length=8
            ),
        ),
        migrations.AlterField(
            model_name="conversation",
            name="state",
            field=models.CharField(
                choices=messaging.inbox.states.ConversationState.options,
                default="open",
                max_length=8,
                verbose_name="state",
            ),
        ),
        migrations.AlterField(
            model_name="conversationaddress",
            name="kind",
            field=models.CharField(choices=messaging.inbox.models.lines.AddressKind.options, max_length=8),
        ),
        migrations.AlterField(
            model_name="line",
            name="kind",
            field=models.CharField(
                choices=messaging.inbox.models.lines.LineKind.options, max_length=10, verbose_name="kind"
            ),
        ),
    ]
