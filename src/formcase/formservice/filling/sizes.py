"""Sizes of files, as people read them."""

from django.utils.formats import number_format

_UNITS = ("kB", "MB", "GB", "TB")


def size_told(size: int) -> str:
    """A number of bytes in the reader's language, as in “1.5 MB”."""
    if size < 1000:
        return f"{size} B"
    scaled = ((size / 1000**power, unit) for power, unit in enumerate(_UNITS, start=1))
    amount, unit = next(pair for pair in scaled if pair[0] < 999.5 or pair[1] == _UNITS[-1])
    rounded = round(amount, 0 if amount >= 10 else 1)
    return f"{number_format(rounded, 0 if rounded == int(rounded) else 1)} {unit}"
