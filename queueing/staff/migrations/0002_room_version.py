from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("staff", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="room",
            name="version",
            field=models.BigIntegerField(default=0, editable=False, help_text="Rises with each change."),
        ),
    ]
