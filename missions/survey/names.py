"""File names as text that everybody can read, and back.

A name is bytes and may hold anything but NUL and '/'. In the survey it is written as UTF-8 text
in which a backslash is '\\\\', control characters and bytes that are no UTF-8 are '\\xNN', and
invisible or direction-changing characters are '\\u{HEX}'. The writing is reversible.
"""
import re

_ESCAPE = re.compile(r"\\(?:\\|x([0-9a-f]{2})|u\{([0-9a-f]+)\})")


def escaped(raw):
    """bytes → text."""
    pieces = []
    for character in raw.decode("utf-8", "surrogateescape"):
        code = ord(character)
        if character == "\\":
            pieces.append("\\\\")
        elif 0xDC80 <= code <= 0xDCFF:
            pieces.append(f"\\x{code - 0xDC00:02x}")
        elif code < 0x20 or code == 0x7F:
            pieces.append(f"\\x{code:02x}")
        elif not character.isprintable():
            pieces.append(f"\\u{{{code:x}}}")
        else:
            pieces.append(character)
    return "".join(pieces)


def unescaped(text):
    """text → bytes; the inverse of escaped()."""
    raw, at = bytearray(), 0
    for match in _ESCAPE.finditer(text):
        raw += text[at:match.start()].encode()
        if match.group(1):
            raw.append(int(match.group(1), 16))
        elif match.group(2):
            raw += chr(int(match.group(2), 16)).encode()
        else:
            raw += b"\\"
        at = match.end()
    return bytes(raw + text[at:].encode())
