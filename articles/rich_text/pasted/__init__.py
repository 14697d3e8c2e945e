"""HTML of any program, reduced to what our pages hold, without a change of what it says.

A tag that is merely dropped takes its meaning along: table cells run together ("1" and "0 to 5
times"), an exponent becomes a digit, struck-out text comes back as valid. The editor drops tags
before the server sees any, so static/js/editor-paste.js does the same there;
tests/articles/rich_text/pasted/clipboard.toml holds both to the same results.
"""
