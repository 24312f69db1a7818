from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0003_allow_calls")]

    operations = [
        migrations.AddField(
            model_name="order",
            name="file_said",
            field=models.JSONField(
                default=dict,
                editable=False,
                help_text="what files said last, by field: see orders.imports.planning.file_news",
            ),
        ),
    ]
