"""The web application for a WSGI server."""

import os

from django.core.wsgi import get_wsgi_application

from formcase.arriving_files import remove_left_lying
from formcase.site.warming import begin_to_warm_up

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "formcase.site.settings")

application = get_wsgi_application()
begin_to_warm_up()
remove_left_lying()
