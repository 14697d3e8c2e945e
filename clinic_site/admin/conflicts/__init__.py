"""Two people edit one record at the same time, and nothing that either of them typed is lost
(promise 31; docs/decisions/0015-two-people.md).

Each form of the admin carries a signed note of what its fields held when the page was opened. When
the form is saved, each field is compared in three states: as it was opened, as this person typed
it, and as the database has it now.

- Only this person changed it: it is saved.
- Only somebody else changed it: their value stays, and this person is told.
- Both changed it: nothing is saved until this person has chosen one of the two values.

opened.py is the signed note, values.py compares and shows values, forms.py decides about the
fields of one form, formsets.py does so for the rows of a page (such as the sections of an article),
asking.py writes the questions, questions.py shows them, authors.py knows who changed what, and
admin.py connects all of it to Django's admin.
"""
