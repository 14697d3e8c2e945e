"""Two people edit one record: nothing that either of them typed is lost (promise 31).

A form of the admin carries what its fields held when it was opened. When it is saved, each field is
compared three ways: what it held then, what was typed, what the database holds now.
"""
