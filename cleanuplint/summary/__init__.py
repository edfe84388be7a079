"""What the other files of a project need to know of one: its exports, as a contract.

A function that returns a resource is a factory, one that releases its parameter consumes it, a
class that keeps a resource and releases it in a method is a resource, an exported object is an
object of its class. Written as a contract, all of it is understood by the analysis of whoever
imports the file.
"""

from cleanuplint.summary.arguments import Analysed
from cleanuplint.summary.exports import summarise

__all__ = ["Analysed", "summarise"]
