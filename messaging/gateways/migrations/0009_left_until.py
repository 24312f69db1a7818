from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("gateways", "0008_pace")]

    operations = [
        migrations.AddField(
            model_name="hookevent",
            name="left_until",
            field=models.DateTimeField(
                editable=False, help_text="begun with care: by nobody else until then", null=True
            ),
        ),
    ]
