"""The receipt: the PDF that shows what a person submitted, made for reading, for keeping and for screen readers.

It is PDF/A-2a and PDF/UA-1 in one file. What stands in it is given as plain data; how forms and answers are stored is
not known here.
"""

from formcase.formservice.receipt.model import Answer, Block, Item, Receipt, Section, Table
from formcase.formservice.receipt.press import render

__all__ = ["Answer", "Block", "Item", "Receipt", "Section", "Table", "render"]
