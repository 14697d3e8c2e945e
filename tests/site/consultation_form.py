"""What a patient types into the consultation form when nothing is wrong."""

GOOD = {
    "name": "Ann Lee",
    "phone": "(248) 555-0123",
    "email": "ann@example.com",
    "best_time": "morning",
    "note": "Since Monday.",
    "voicemail_ok": "on",
    "website": "",
    "page": "/consultation/",
}
