from django.db import migrations, models

import messaging.gateways.models


class Migration(migrations.Migration):
    dependencies = [
        ("gateways", "0004_fill_hook_keys"),
    ]

    operations = [
        migrations.AlterField(
            model_name="gateway",
            name="hook_key",
            field=models.CharField(
                default=messaging.gateways.models.make_hook_key, editable=False, max_length=50, unique=True
            ),
        ),
    ]
