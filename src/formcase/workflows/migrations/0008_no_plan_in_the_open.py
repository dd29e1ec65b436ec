from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("workflows", "0007_seal_what_there_is")]

    operations = [migrations.RemoveField(model_name="submissionrecord", name="plan")]
