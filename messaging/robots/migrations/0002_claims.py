from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("robots", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="robotrun",
            name="claims",
            field=models.PositiveSmallIntegerField(
                default=0,
                editable=False,
                help_text="how often a worker began it with care and did not come back",
            ),
        ),
    ]
