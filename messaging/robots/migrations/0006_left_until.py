from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("robots", "0005_list_indexes")]

    operations = [
        migrations.AddField(
            model_name="robotrun",
            name="left_until",
            field=models.DateTimeField(
                editable=False, help_text="begun with care: by nobody else until then", null=True
            ),
        ),
    ]
