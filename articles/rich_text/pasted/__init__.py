"""Turns pasted HTML of any program into the few tags that our pages have, and keeps its meaning.

Removing a tag alone can change what the text says: table cells run together ("1" and "0 to 5
times" become "10 to 5 times"), an exponent becomes a digit, struck-out text looks valid again.
The editor in the browser removes tags before the server sees them. Therefore
static/js/editor-paste.js follows the same rules, and
tests/articles/rich_text/pasted/clipboard.toml tests both.
"""
