"""The version, in the one place that the package and its metadata read it from."""

VERSION = "0.1.0"
