from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("gateways", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="hookevent",
            name="claims",
            field=models.PositiveSmallIntegerField(
                default=0,
                help_text="how often a worker began it with care and did not come back",
            ),
        ),
    ]
