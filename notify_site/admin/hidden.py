"""Pages of other packages that nobody should see: django-q's run any callable by name."""

import axes.admin
import django_q.admin
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib import admin
from django_q.models import Failure, OrmQ, Schedule, Success

MODULES = (axes.admin, django_q.admin)  # imported before us, so that autodiscovery does not register them again
HIDDEN = (AccessAttempt, AccessFailureLog, AccessLog, Failure, OrmQ, Schedule, Success)

for _model in HIDDEN:
    if admin.site.is_registered(_model):
        admin.site.unregister(_model)
