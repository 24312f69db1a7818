"""What Django and other people's code say on our pages, where they leave it untranslated or say it otherwise than we.

Nothing runs here: `make messages` reads it, and our translation of such a word goes before theirs.
"""

from django.utils.translation import gettext_noop, ngettext

# The theme.
gettext_noop("Select action")
gettext_noop("Filters")
gettext_noop("Date")
gettext_noop("Time")
gettext_noop("From")
gettext_noop("To")
gettext_noop(
    'Raw passwords are not stored, so there is no way to see this user’s password, but you can change the password using <a href="{}" class="text-primary-600 dark:text-primary-500">this form</a>.'
)
gettext_noop("Select action to run")
gettext_noop("Select value")
gettext_noop("Not enough data.")
gettext_noop("Run")
gettext_noop("After you've created a user, you’ll be able to edit more user options.")
gettext_noop("Expand row")
gettext_noop("Welcome back to")
gettext_noop("Forgotten your password or username?")
gettext_noop("Type to search")
gettext_noop("No data")
gettext_noop("More actions")
gettext_noop("True")
gettext_noop("False")
gettext_noop("Apply Filters")
gettext_noop("Select all rows")
gettext_noop("This item will be deleted.")
gettext_noop("Click to cancel")
gettext_noop("No results found")
gettext_noop("This page yielded into no results. Create a new item or reset your filters.")
gettext_noop("Reset filters")
gettext_noop("Click to download")
gettext_noop("Go back")
gettext_noop("Previous")
gettext_noop("Next")
gettext_noop("General")
gettext_noop("Light")
gettext_noop("Dark")
gettext_noop("Return to site")
gettext_noop("Choose file to upload")
gettext_noop("Toggle password visibility")

# Django, in some languages.
gettext_noop("After you’ve created a user, you’ll be able to edit more user options.")
gettext_noop("Forgotten your login credentials?")
ngettext("Please submit at most %(num)d form.", "Please submit at most %(num)d forms.", 1)
ngettext("Please submit at least %(num)d form.", "Please submit at least %(num)d forms.", 1)
gettext_noop("“%(pk)s” is not a valid value.")
gettext_noop(
    "%(datetime)s couldn’t be interpreted in time zone %(current_timezone)s; it may be ambiguous or it may not exist."
)
gettext_noop("“%(value)s” value must be either True or False.")
gettext_noop("“%(value)s” value has an invalid date format. It must be in YYYY-MM-DD format.")
gettext_noop("“%(value)s” value has the correct format (YYYY-MM-DD) but it is an invalid date.")
gettext_noop(
    "“%(value)s” value has the correct format (YYYY-MM-DD HH:MM[:ss[.uuuuuu]][TZ]) but it is an invalid date/time."
)
gettext_noop("“%(value)s” value must be a decimal number.")
gettext_noop("“%(value)s” value must be an integer.")
gettext_noop("“%(value)s” value has the correct format (HH:MM[:ss[.uuuuuu]]) but it is an invalid time.")

# The guard of the login.
gettext_noop("Account locked: too many login attempts. Please try again later.")

# Names of languages, as their folders say them.
gettext_noop("English")
gettext_noop("Russian")
gettext_noop("Polish")
gettext_noop("Ukrainian")
