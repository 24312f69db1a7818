from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("gateways", "0005_hook_keys_unique"),
    ]

    operations = [
        migrations.AddField(
            model_name="gateway",
            name="balance",
            field=models.DecimalField(blank=True, decimal_places=4, editable=False, max_digits=14, null=True),
        ),
        migrations.AddField(
            model_name="gateway",
            name="balance_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="gateway",
            name="balance_currency",
            field=models.CharField(blank=True, editable=False, max_length=10),
        ),
        migrations.AddField(
            model_name="gateway",
            name="low_balance",
            field=models.DecimalField(
                blank=True,
                decimal_places=2,
                max_digits=12,
                null=True,
                verbose_name="warn when the balance is below",
            ),
        ),
    ]
