"""The history of one object is found by an index, however long the log of everybody's changes is."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("notify_site", "0004_call_roles"), ("admin", "0003_logentry_add_action_flag_choices")]
    operations = [
        migrations.RunSQL(
            "CREATE INDEX log_of_object ON django_admin_log (object_id, content_type_id)", "DROP INDEX log_of_object"
        )
    ]
