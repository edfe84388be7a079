"""Contracts: what is known about each kind of resource."""
