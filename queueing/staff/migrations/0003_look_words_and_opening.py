from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0002_room_version"),
    ]

    operations = [
        migrations.AddField(
            model_name="room",
            name="accent",
            field=models.CharField(
                blank=True,
                help_text="Links, buttons and the position, where the browser wants light pages. As #rrggbb; empty for the usual.",
                max_length=7,
            ),
        ),
        migrations.AddField(
            model_name="room",
            name="accent_dark",
            field=models.CharField(
                blank=True,
                help_text="Links, buttons and the position, where the browser wants dark pages. As #rrggbb; empty for the usual.",
                max_length=7,
            ),
        ),
        migrations.AddField(
            model_name="room",
            name="languages",
            field=models.CharField(
                blank=True,
                help_text="Languages of the pages by their tags, separated by spaces, the usual one first; empty for all.",
                max_length=500,
            ),
        ),
        migrations.AddField(
            model_name="room",
            name="logo",
            field=models.TextField(blank=True, help_text="SVG or PNG as a data: URI.", max_length=12000),
        ),
        migrations.AddField(
            model_name="room",
            name="logo_alt",
            field=models.CharField(
                blank=True,
                help_text="The logo in words, for who cannot see it; empty where it only repeats the title.",
                max_length=200,
            ),
        ),
        migrations.AddField(
            model_name="room",
            name="opens_at",
            field=models.DateTimeField(
                blank=True, help_text="When a closed room opens by itself, UTC; empty where nobody knows.", null=True
            ),
        ),
        migrations.AddField(
            model_name="room",
            name="paper",
            field=models.CharField(
                blank=True,
                help_text="Behind everything, where the browser wants light pages. As #rrggbb; empty for the usual.",
                max_length=7,
            ),
        ),
        migrations.AddField(
            model_name="room",
            name="paper_dark",
            field=models.CharField(
                blank=True,
                help_text="Behind everything, where the browser wants dark pages. As #rrggbb; empty for the usual.",
                max_length=7,
            ),
        ),
        migrations.AddField(
            model_name="room",
            name="texts",
            field=models.JSONField(
                blank=True,
                default=dict,
                help_text='Words in the place of ours: {"en": {"form.title": "…"}}. docs/rooms.md lists what can be replaced.',
            ),
        ),
    ]
